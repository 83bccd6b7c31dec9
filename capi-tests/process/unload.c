// unwrapped: valgrind cannot keep the allocators of two C libraries apart
/* The library loaded a second time beside itself, used, and unloaded, again and
 * again: the functions it was used through may go, the process goes on. */
#include "support.h"
#include <dlfcn.h>

static void round_trip(void *library)
{
    void *(*ctx_new)(void) = dlsym(library, "zmq_ctx_new");
    int (*ctx_term)(void *) = dlsym(library, "zmq_ctx_term");
    void *(*make_socket)(void *, int) = dlsym(library, "zmq_socket");
    int (*close_socket)(void *) = dlsym(library, "zmq_close");
    int (*bind_to)(void *, const char *) = dlsym(library, "zmq_bind");
    int (*connect_to)(void *, const char *) = dlsym(library, "zmq_connect");
    int (*get)(void *, int, void *, size_t *) = dlsym(library, "zmq_getsockopt");
    int (*transmit)(void *, const void *, size_t, int) = dlsym(library, "zmq_send");
    int (*receive)(void *, void *, size_t, int) = dlsym(library, "zmq_recv");
    MUST(ctx_new && ctx_term && make_socket && close_socket && bind_to && connect_to);
    MUST(get && transmit && receive);
    void *context = ctx_new();
    void *a = make_socket(context, ZMQ_PAIR), *b = make_socket(context, ZMQ_PAIR);
    char text[256];
    size_t size = sizeof text;
    MUST(bind_to(a, "tcp://127.0.0.1:*") == 0);
    MUST(get(a, ZMQ_LAST_ENDPOINT, text, &size) == 0);
    MUST(connect_to(b, text) == 0);
    MUST(transmit(b, "hello", 5, 0) == 5);
    MUST(receive(a, text, sizeof text, 0) == 5);
    MUST(close_socket(a) == 0 && close_socket(b) == 0 && ctx_term(context) == 0);
}

int main(void)
{
    for (int i = 0; i < 5; i++) {
        void *library = dlmopen(LM_ID_NEWLM, "libzmq.so.5", RTLD_NOW | RTLD_LOCAL);
        if (!library)
            printf("%s\n", dlerror());
        MUST(library != NULL);
        round_trip(library);
        MUST(dlclose(library) == 0);
        puts("loaded, used, unloaded");
    }
    void *again = dlopen("libzmq.so.5", RTLD_NOW);
    MUST(again != NULL);
    round_trip(again);
    MUST(dlclose(again) == 0);
    puts("still there");
    return 0;
}
