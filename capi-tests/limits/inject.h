/* Makes system calls of the library fail on purpose: the n-th call of one function
 * with one errno. What the program itself calls, and what the C library calls by
 * itself, is left alone.
 *
 * A program that includes this decides with inject() and reads inject_seen. By
 * itself it is a library to preload, told by the environment:
 *
 *     cc -shared -fPIC -x c -o inject.so inject.h -ldl
 *     INJECT="sendmsg 32 3" LD_PRELOAD=./inject.so program    (name, errno, nth)
 */
#ifndef CAPI_TESTS_INJECT_H
#define CAPI_TESTS_INJECT_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <link.h>
#include <netdb.h>
#include <pthread.h>
#include <sched.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

static char inject_name[32];
static int inject_errno, inject_from = -1, inject_to;
/* How often the chosen function was called. */
static int inject_seen;
static uintptr_t inject_start, inject_end;

static int inject_find_library(struct dl_phdr_info *info, size_t size, void *argument)
{
    (void)size;
    (void)argument;
    if (!strstr(info->dlpi_name, "libzmq"))
        return 0;
    inject_start = UINTPTR_MAX;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &info->dlpi_phdr[i];
        if (part->p_type != PT_LOAD)
            continue;
        uintptr_t start = info->dlpi_addr + part->p_vaddr, end = start + part->p_memsz;
        inject_start = start < inject_start ? start : inject_start;
        inject_end = end > inject_end ? end : inject_end;
    }
    return 1;
}

/* Calls number `nth` (from 1) and the `more` after it will fail; 0 fails none. */
static __attribute__((unused)) void inject(const char *name, int number, int nth, int more)
{
    if (!inject_start)
        dl_iterate_phdr(inject_find_library, NULL);
    snprintf(inject_name, sizeof inject_name, "%s", name);
    inject_errno = number;
    inject_from = nth;
    inject_to = nth + more;
    __sync_synchronize();
    inject_seen = 0;
}

static __attribute__((constructor)) void inject_by_environment(void)
{
    const char *words = getenv("INJECT");
    char name[32];
    int number, nth;
    if (words && sscanf(words, "%31s %d %d", name, &number, &nth) == 3)
        inject(name, number, nth, 0);
}

static int inject_now(const char *name, void *caller)
{
    uintptr_t from = (uintptr_t)caller;
    if (from < inject_start || from >= inject_end || strcmp(name, inject_name))
        return 0;
    int seen = __sync_add_and_fetch(&inject_seen, 1);
    if (inject_from < 1 || seen < inject_from || seen > inject_to)
        return 0;
    errno = inject_errno;
    return 1;
}

#define INJECT_HERE(name) inject_now(name, __builtin_return_address(0))
#define INJECTED(type, name, parameters, arguments)          \
    type name parameters                                     \
    {                                                        \
        static type(*real) parameters;                       \
        if (!real)                                           \
            *(void **)&real = dlsym(RTLD_NEXT, #name);       \
        return INJECT_HERE(#name) ? -1 : real arguments;     \
    }

INJECTED(int, socket, (int domain, int type, int protocol), (domain, type, protocol))
INJECTED(int, bind, (int fd, const struct sockaddr *address, socklen_t size), (fd, address, size))
INJECTED(int, listen, (int fd, int backlog), (fd, backlog))
INJECTED(int, connect, (int fd, const struct sockaddr *address, socklen_t size),
         (fd, address, size))
INJECTED(int, accept4, (int fd, struct sockaddr *address, socklen_t *size, int flags),
         (fd, address, size, flags))
INJECTED(int, accept, (int fd, struct sockaddr *address, socklen_t *size), (fd, address, size))
INJECTED(int, getsockname, (int fd, struct sockaddr *address, socklen_t *size),
         (fd, address, size))
INJECTED(int, getpeername, (int fd, struct sockaddr *address, socklen_t *size),
         (fd, address, size))
INJECTED(int, setsockopt, (int fd, int level, int option, const void *value, socklen_t size),
         (fd, level, option, value, size))
INJECTED(int, getsockopt, (int fd, int level, int option, void *value, socklen_t *size),
         (fd, level, option, value, size))
INJECTED(int, shutdown, (int fd, int how), (fd, how))
INJECTED(ssize_t, sendmsg, (int fd, const struct msghdr *msg, int flags), (fd, msg, flags))
INJECTED(ssize_t, send, (int fd, const void *data, size_t size, int flags),
         (fd, data, size, flags))
INJECTED(ssize_t, recv, (int fd, void *place, size_t size, int flags), (fd, place, size, flags))
INJECTED(int, epoll_create1, (int flags), (flags))
INJECTED(int, epoll_ctl, (int set, int what, int fd, struct epoll_event *event),
         (set, what, fd, event))
INJECTED(int, epoll_wait, (int set, struct epoll_event *events, int room, int timeout),
         (set, events, room, timeout))
INJECTED(int, eventfd, (unsigned int count, int flags), (count, flags))
INJECTED(int, timerfd_create, (clockid_t clock, int flags), (clock, flags))
INJECTED(int, timerfd_settime,
         (int fd, int flags, const struct itimerspec *next, struct itimerspec *before),
         (fd, flags, next, before))
INJECTED(int, unlink, (const char *path), (path))
INJECTED(int, rmdir, (const char *path), (path))
INJECTED(int, statx, (int folder, const char *path, int flags, unsigned mask, struct statx *found),
         (folder, path, flags, mask, found))
INJECTED(int, getifaddrs, (struct ifaddrs **list), (list))
INJECTED(int, sched_setaffinity, (pid_t pid, size_t size, const cpu_set_t *set), (pid, size, set))
INJECTED(ssize_t, getrandom, (void *place, size_t size, unsigned int flags), (place, size, flags))

/* These say it by their result, too. */
int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints,
                struct addrinfo **list)
{
    static int (*real)(const char *, const char *, const struct addrinfo *, struct addrinfo **);
    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "getaddrinfo");
    return INJECT_HERE("getaddrinfo") ? inject_errno : real(name, service, hints, list);
}

int pthread_setschedparam(pthread_t thread, int policy, const struct sched_param *how)
{
    static int (*real)(pthread_t, int, const struct sched_param *);
    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "pthread_setschedparam");
    return INJECT_HERE("pthread_setschedparam") ? inject_errno : real(thread, policy, how);
}

#define INJECTED_RESULT(name, parameters, arguments)               \
    int name parameters                                            \
    {                                                              \
        static int(*real) parameters;                              \
        if (!real)                                                 \
            *(void **)&real = dlsym(RTLD_NEXT, #name);             \
        return INJECT_HERE(#name) ? inject_errno : real arguments; \
    }

INJECTED_RESULT(getnameinfo,
                (const struct sockaddr *address, socklen_t length, char *host, socklen_t host_size,
                 char *service, socklen_t service_size, int flags),
                (address, length, host, host_size, service, service_size, flags))
INJECTED_RESULT(pthread_getschedparam, (pthread_t thread, int *policy, struct sched_param *how),
                (thread, policy, how))
INJECTED_RESULT(pthread_attr_init, (pthread_attr_t *attributes), (attributes))
INJECTED_RESULT(pthread_attr_setstacksize, (pthread_attr_t *attributes, size_t size),
                (attributes, size))

char *getcwd(char *place, size_t size)
{
    static char *(*real)(char *, size_t);
    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "getcwd");
    return INJECT_HERE("getcwd") ? NULL : real(place, size);
}

char *mkdtemp(char *path)
{
    static char *(*real)(char *);
    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "mkdtemp");
    return INJECT_HERE("mkdtemp") ? NULL : real(path);
}

int prctl(int option, ...)
{
    static int (*real)(int, ...);
    va_list list;
    va_start(list, option);
    unsigned long a = va_arg(list, unsigned long), b = va_arg(list, unsigned long);
    unsigned long c = va_arg(list, unsigned long), d = va_arg(list, unsigned long);
    va_end(list);
    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "prctl");
    return INJECT_HERE("prctl") ? -1 : real(option, a, b, c, d);
}

/* These say it by null. They are called before anything can be set up, too. */
#define INJECTED_MEMORY(name, parameters, arguments, real)                       \
    extern void *real parameters;                                                \
    void *name parameters                                                        \
    {                                                                            \
        return inject_start && INJECT_HERE(#name) ? NULL : real arguments;       \
    }

INJECTED_MEMORY(malloc, (size_t size), (size), __libc_malloc)
INJECTED_MEMORY(calloc, (size_t count, size_t size), (count, size), __libc_calloc)
INJECTED_MEMORY(realloc, (void *memory, size_t size), (memory, size), __libc_realloc)

int posix_memalign(void **place, size_t alignment, size_t size)
{
    extern void *__libc_memalign(size_t, size_t);
    if (inject_start && INJECT_HERE("posix_memalign"))
        return inject_errno;
    *place = __libc_memalign(alignment, size);
    return *place ? 0 : ENOMEM;
}

int fcntl(int fd, int command, ...)
{
    static int (*real)(int, int, ...);
    va_list list;
    va_start(list, command);
    void *argument = va_arg(list, void *);
    va_end(list);
    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "fcntl");
    return INJECT_HERE("fcntl") ? -1 : real(fd, command, argument);
}

int ioctl(int fd, unsigned long request, ...)
{
    static int (*real)(int, unsigned long, ...);
    va_list list;
    va_start(list, request);
    void *argument = va_arg(list, void *);
    va_end(list);
    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "ioctl");
    return INJECT_HERE("ioctl") ? -1 : real(fd, request, argument);
}

/* This one says its error by its result. */
int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                   void *argument)
{
    static int (*real)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "pthread_create");
    if (INJECT_HERE("pthread_create"))
        return inject_errno;
    return real(thread, attributes, run, argument);
}

long syscall(long number, ...)
{
    static long (*real)(long, ...);
    const char *name = NULL;
    va_list list;
    va_start(list, number);
    long a = va_arg(list, long), b = va_arg(list, long), c = va_arg(list, long);
    long d = va_arg(list, long), e = va_arg(list, long), f = va_arg(list, long);
    va_end(list);
    switch (number) {
    case SYS_close: name = "SYS_close"; break;
    case SYS_read: name = "SYS_read"; break;
    case SYS_write: name = "SYS_write"; break;
    case SYS_readv: name = "SYS_readv"; break;
    case SYS_recvfrom: name = "SYS_recvfrom"; break;
    case SYS_sendto: name = "SYS_sendto"; break;
    case SYS_sendmsg: name = "SYS_sendmsg"; break;
    case SYS_ppoll: name = "SYS_ppoll"; break;
    case SYS_epoll_pwait: name = "SYS_epoll_pwait"; break;
    case SYS_membarrier: name = "SYS_membarrier"; break;
    case SYS_futex:
        name = (b & 127) == 0 ? "SYS_futex wait" : NULL;
        break;
    }
    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "syscall");
    if (name && INJECT_HERE(name)) {
        if (number == SYS_close)
            real(number, a, b, c, d, e, f); /* the descriptor is gone in any case */
        errno = inject_errno;
        return -1;
    }
    return real(number, a, b, c, d, e, f);
}

#endif
