/* The whole table of socket options, walked number by number on every type of
 * socket: what can be got in which size, what can be set to what, what it is
 * afterwards. Types that behave alike share a line. Numbers on which nothing acts
 * yet are in options_not_yet.c, those of drafts and null pointers in options_draft.c. */
#include "support.h"
#include "option_table.h"

static const int not_yet[] = {ZMQ_PLAIN_SERVER, ZMQ_PLAIN_USERNAME,
    ZMQ_PLAIN_PASSWORD, ZMQ_CURVE_SERVER, ZMQ_CURVE_PUBLICKEY, ZMQ_CURVE_SECRETKEY,
    ZMQ_CURVE_SERVERKEY, ZMQ_ZAP_DOMAIN, ZMQ_GSSAPI_SERVER, ZMQ_GSSAPI_PRINCIPAL,
    ZMQ_GSSAPI_SERVICE_PRINCIPAL, ZMQ_GSSAPI_PLAINTEXT, ZMQ_GSSAPI_PRINCIPAL_NAMETYPE,
    ZMQ_GSSAPI_SERVICE_PRINCIPAL_NAMETYPE};

static int acts(int number)
{
    for (size_t i = 0; i < COUNT(not_yet); i++)
        if (not_yet[i] == number)
            return 0;
    return 1;
}

/* What no build of libzmq has, on both sides of the numbers that there are. */
static const int unknown[] = {INT32_MIN, INT32_MIN + 1, -65536, -1000, -92, -5, -2, 125, 126, 127, 128, 200,
    255, 256, 1000, 65535, 65536 + ZMQ_LINGER, INT32_MAX};

/* Known to every libzmq, though its header says that they are drafts. */
static const int drafts[] = {94 /* LOOPBACK_FASTPATH */, 95 /* METADATA */, 96 /* MULTICAST_LOOP */};

int main(void)
{
    void *context = make_context();
    for (int number = -1; number <= ZMQ_BINDTODEVICE; number++)
        if (acts(number))
            walk_option(context, number);
    for (size_t i = 0; i < COUNT(drafts); i++)
        walk_option(context, drafts[i]);
    for (size_t i = 0; i < COUNT(unknown); i++)
        walk_option(context, unknown[i]);
    finish(context);
    return 0;
}
