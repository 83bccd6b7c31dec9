/* Calls that wait for nothing, and what ends them.
 *
 *   INTERRUPTED(call)         a signal handler runs meanwhile, again and again
 *                             until the call is over
 *   TERMINATED(context, call) the context is shut down meanwhile
 *
 * Both print the call with its result. The calls must not succeed by themselves.
 */
#ifndef CAPI_TESTS_PAGE_ENDED_H
#define CAPI_TESTS_PAGE_ENDED_H

#include <stdatomic.h>
#include "support.h"

static atomic_int over_;

static UNUSED void handle_(int number) { (void)number; }

static UNUSED void *knock_(void *thread)
{
    while (!atomic_load(&over_)) {
        pause_ms(20);
        if (!atomic_load(&over_))
            pthread_kill(*(pthread_t *)thread, SIGUSR1);
    }
    return NULL;
}

static UNUSED void *shut_down_(void *context)
{
    pause_ms(50);
    MUST(zmq_ctx_shutdown(context) == 0);
    return NULL;
}

#define WHILE_(doing, argument, call)                                            \
    do {                                                                         \
        pthread_t other_;                                                        \
        atomic_store(&over_, 0);                                                 \
        MUST(pthread_create(&other_, NULL, doing, argument) == 0);               \
        errno = 0;                                                               \
        long long result_ = (call);                                              \
        int number_ = zmq_errno();                                               \
        atomic_store(&over_, 1);                                                 \
        MUST(pthread_join(other_, NULL) == 0);                                   \
        errno = number_;                                                         \
        tell_(#call, result_);                                                   \
    } while (0)

#define INTERRUPTED(call)                                                        \
    do {                                                                         \
        struct sigaction action_ = {.sa_handler = handle_, .sa_flags = SA_RESTART}; \
        pthread_t self_ = pthread_self();                                        \
        MUST(sigaction(SIGUSR1, &action_, NULL) == 0);                           \
        WHILE_(knock_, &self_, call);                                            \
    } while (0)

#define TERMINATED(context, call) WHILE_(shut_down_, context, call)

#endif
