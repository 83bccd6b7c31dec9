/* For where libzmq 4.3.4, the reference, is not what its own pages say.
 *
 *   libzmq_434()      whether this is that library
 *   FATAL(function, error)
 *                     calls an int function() in a process of its own, because
 *                     the reference ends the process there; of any other library
 *                     it is to return -1 with this error
 */
#ifndef CAPI_TESTS_PAGE_REFERENCE_H
#define CAPI_TESTS_PAGE_REFERENCE_H

#include "support.h"

static UNUSED int libzmq_434(void)
{
    int major, minor, patch;
    zmq_version(&major, &minor, &patch);
    return ZMQ_MAKE_VERSION(major, minor, patch) == 40304;
}

static UNUSED void fatal_(int (*function)(void), const char *name, int expected)
{
    int status;
    fflush(stdout);
    pid_t child = fork();
    MUST(child != -1);
    if (child == 0) {
        MUST(freopen("/dev/null", "w", stderr) != NULL);
        _exit(function() == -1 && zmq_errno() == expected ? 0 : 1);
    }
    MUST(waitpid(child, &status, 0) == child);
    if (libzmq_434())
        MUST(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    else
        MUST(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    printf("%s: %s, or the end of libzmq 4.3.4\n", name, error_name(expected));
}
#define FATAL(function, error) fatal_(function, #function, error)

#endif
