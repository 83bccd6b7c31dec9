/* Endpoints that no socket binds or connects to, and that it is as good as before
 * afterwards. */
#ifndef CAPI_TESTS_PAGE_REFUSE_H
#define CAPI_TESTS_PAGE_REFUSE_H

#include "support.h"

static UNUSED void refuse(void *context, const char *type, int number, const char *const *endpoints)
{
    void *socket = make(context, number);
    printf("-- %s\n", type);
    for (; *endpoints; endpoints++) {
        int rc = zmq_bind(socket, *endpoints);
        printf("bind %s: %s\n", *endpoints, rc ? error_name(zmq_errno()) : "ok");
        rc = zmq_connect(socket, *endpoints);
        printf("connect %s: %s\n", *endpoints, rc ? error_name(zmq_errno()) : "ok");
    }
    TELL(zmq_bind(socket, "tcp://127.0.0.1:*"));
    shut_now(socket);
}
#define REFUSE(context, type, endpoints) refuse(context, #type, type, endpoints)

#endif
