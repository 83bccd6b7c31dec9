/* A malloc that fails when it is told to, in the thread that tells it.
 *
 *   OUT_OF_MEMORY(call)   the call finds no memory; printed with its result
 *
 * The executable's malloc is everybody's in the process, the library's, too.
 */
#ifndef CAPI_TESTS_PAGE_MEMORY_H
#define CAPI_TESTS_PAGE_MEMORY_H

#include "support.h"

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

static __thread int no_memory_;

static int refused_(void)
{
    if (no_memory_)
        errno = ENOMEM;
    return no_memory_;
}

void *malloc(size_t size)
{
    return refused_() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return refused_() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
    return refused_() ? NULL : __libc_realloc(old, size);
}

int posix_memalign(void **place, size_t alignment, size_t size)
{
    void *memory = refused_() ? NULL : __libc_memalign(alignment, size);
    if (!memory)
        return ENOMEM;
    *place = memory;
    return 0;
}

#define OUT_OF_MEMORY(call)                                  \
    do {                                                     \
        no_memory_ = 1;                                      \
        errno = 0;                                           \
        long long result_ = (long long)(call);               \
        no_memory_ = 0;                                      \
        tell_(#call, result_);                               \
    } while (0)

#endif
