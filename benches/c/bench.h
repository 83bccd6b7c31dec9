/*
 * What every benchmark program shares: options, clocks, percentiles, and the
 * two sides of a measurement.
 *
 * A program has a near side and a far side. They run in two processes, forked
 * before the first call of the library, or over inproc as two threads of one
 * process. A socket pair, the control channel, joins them; nothing that is
 * measured passes through it. The program's first process only watches: when a
 * side fails it ends the other. Every process carries an alarm and dies with its
 * parent, so a hanging library costs a bounded time and leaves nothing behind.
 *
 * Results are lines "key value" on standard output; times are nanoseconds.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stddef.h>
#include <stdint.h>

struct side {
    int control;        /* our end of the control channel */
    void *context;      /* shared over inproc, otherwise this process's own */
};

typedef void side_fn(struct side *side);

/* Options are arguments of the form name=value. */
void read_options(char **argv);
const char *option(const char *name, const char *fallback);
double number(const char *name, double fallback);
int over(const char *transport);        /* is option transport= this one? */

/* Runs both sides to their end and returns the exit status of the program. A
 * second side of NULL means there is none. */
int run_sides(side_fn *near, side_fn *far);

/* Ends the process, naming what failed, unless `fine`. */
void check(int fine, const char *what);

/* The control channel: exact lengths, ends the process when the peer is gone. */
void tell(struct side *side, const void *data, size_t size);
void hear(struct side *side, void *data, size_t size);

/* A socket of the library, default options. */
void *open_socket(struct side *side, int type);
void close_socket(struct side *side, void *socket);
void bind_and_tell(struct side *side, void *socket);
void hear_and_connect(struct side *side, void *socket);

/* The same for the raw baselines, transport raw-tcp or raw-unix. */
int raw_accept(struct side *side);
int raw_connect(struct side *side);
void raw_send(int fd, const void *data, size_t size);
void raw_recv(int fd, void *data, size_t size);

uint64_t now(void);                     /* CLOCK_MONOTONIC, same in all processes */
void pause_for(uint64_t ns);
uint64_t cpu_time(void);                /* of this process, user and system */

/* The cheapest clock; multiply differences by tick_length(). */
uint64_t ticks(void);
double tick_length(uint64_t ticks0, uint64_t now0);

/* Sorts samples; then the value that a share of them does not exceed. */
void sort_samples(uint32_t *samples, size_t count);
double percentile(const uint32_t *samples, size_t count, double share);

void report(const char *key, double value);

#endif
