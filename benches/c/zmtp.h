/*
 * Raw ZMTP 3.0 clients with NULL security, for measurements of one socket with
 * many peers: they cost next to nothing and are the same beside every library.
 */
#ifndef BENCH_ZMTP_H
#define BENCH_ZMTP_H

/* Raises the limit on descriptors; returns how many of `wanted` connections fit. */
int raise_descriptors(int wanted);

/* Opens `count` connections to a tcp endpoint of 127.0.0.1 and completes their
 * handshakes as `type`, a few at a time, so that a backlog of 100 never
 * overflows. */
void connect_many(const char *endpoint, const char *type, int *fds, int count);

#endif
