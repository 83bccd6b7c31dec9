/* A name server under control: this program's own getaddrinfo, which the library
 * finds in the place of C's. Literals go on to C's; no real server is ever asked.
 *
 *   answer(name, "127.0.0.2,127.0.0.3")   from now on, these addresses in order
 *   answer(name, NULL)                    from now on, EAI_AGAIN
 *   keep_silent(1)                        who asks waits until keep_silent(0)
 *   asked()                               how often was it looked up?
 *
 * One name at a time exists. */
#ifndef ENDPOINT_RESOLVER_H
#define ENDPOINT_RESOLVER_H

#include <dlfcn.h>
#include <netdb.h>
#include "support.h"

static struct {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    const char *name, *addresses;
    int silent, asked, waiting;
} resolver = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, "", NULL, 0, 0, 0};

typedef int look_up_fn(const char *, const char *, const struct addrinfo *, struct addrinfo **);

int getaddrinfo(const char *host, const char *service, const struct addrinfo *hints, struct addrinfo **found)
{
    static look_up_fn *real;
    char text[256];
    if (!real)
        real = (look_up_fn *)dlsym(RTLD_NEXT, "getaddrinfo");
    pthread_mutex_lock(&resolver.lock);
    int known = host && !strcmp(host, resolver.name) && !(hints && hints->ai_flags & AI_NUMERICHOST);
    if (!known) {
        pthread_mutex_unlock(&resolver.lock);
        struct addrinfo literal = {0};
        if (hints)
            literal = *hints;
        literal.ai_flags |= AI_NUMERICHOST;
        return real(host, service, &literal, found);
    }
    resolver.asked++;
    resolver.waiting++;
    pthread_cond_broadcast(&resolver.changed);
    while (resolver.silent)
        pthread_cond_wait(&resolver.changed, &resolver.lock);
    resolver.waiting--;
    pthread_cond_broadcast(&resolver.changed);
    snprintf(text, sizeof text, "%s", resolver.addresses ? resolver.addresses : "");
    pthread_mutex_unlock(&resolver.lock);

    int failure = EAI_AGAIN;
    char *rest;
    for (char *one = strtok_r(text, ",", &rest); one; one = strtok_r(NULL, ",", &rest)) {
        failure = real(one, service, hints, found);
        if (failure)
            break;
        while (*found)
            found = &(*found)->ai_next;
    }
    return failure;
}

static UNUSED void answer(const char *name, const char *addresses)
{
    pthread_mutex_lock(&resolver.lock);
    if (strcmp(resolver.name, name))
        resolver.asked = 0;
    resolver.name = name;
    resolver.addresses = addresses;
    pthread_mutex_unlock(&resolver.lock);
}

static UNUSED void keep_silent(int silent)
{
    pthread_mutex_lock(&resolver.lock);
    resolver.silent = silent;
    pthread_cond_broadcast(&resolver.changed);
    pthread_mutex_unlock(&resolver.lock);
}

static UNUSED int asked(void)
{
    pthread_mutex_lock(&resolver.lock);
    int count = resolver.asked;
    pthread_mutex_unlock(&resolver.lock);
    return count;
}

/* Waits until the name has been asked for so often in all. */
static UNUSED void await_asked(int count)
{
    pthread_mutex_lock(&resolver.lock);
    while (resolver.asked < count)
        pthread_cond_wait(&resolver.changed, &resolver.lock);
    pthread_mutex_unlock(&resolver.lock);
}

/* Waits until so many wait for an answer. */
static UNUSED void await_waiting(int count)
{
    pthread_mutex_lock(&resolver.lock);
    while (resolver.waiting != count)
        pthread_cond_wait(&resolver.changed, &resolver.lock);
    pthread_mutex_unlock(&resolver.lock);
}

/* The same port of another host. */
static UNUSED struct endpoint to(const char *host, struct endpoint e)
{
    struct endpoint named;
    snprintf(named.text, sizeof named.text, "tcp://%s%s", host, strrchr(e.text, ':'));
    return named;
}

#endif
