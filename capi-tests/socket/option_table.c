/* The whole table of socket options, walked number by number on every type of
 * socket: what can be got in which size, what can be set to what, what it is
 * afterwards. Types that behave alike share a line. Numbers on which nothing acts
 * yet are in options_not_yet.c, those of drafts in options_draft.c. */
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

int main(void)
{
    void *context = make_context();
    for (int number = -1; number <= ZMQ_BINDTODEVICE; number++)
        if (acts(number))
            walk_option(context, number);
    finish(context);
    return 0;
}
