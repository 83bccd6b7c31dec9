/*
 * Which libzmq serves a C program: the file that zmq_version came from. A
 * program includes this first; dladdr asks for _GNU_SOURCE.
 */
#ifndef DEMO_SERVED_H
#define DEMO_SERVED_H

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <zmq.h>

/* Its real path, in memory that lives as long as the program. */
static const char *served_by(void)
{
    Dl_info info;
    void *symbol = dlsym(RTLD_DEFAULT, "zmq_version");
    char *path = NULL;
    if (symbol != NULL && dladdr(symbol, &info))
        path = realpath(info.dli_fname, NULL);
    return path != NULL ? path : "an unknown library";
}

#endif
