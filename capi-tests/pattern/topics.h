/* What programs about publishing share: subscribing with either type, and
 * hearing what an XPUB is told, up to a point that is known to be behind all
 * that was asked for. */
#include "support.h"

/* Subscribes or takes that back, by option or, on an XSUB, by message. */
static UNUSED void want(void *sub, const char *topic, int on)
{
    char text[1024];
    size_t size = strlen(topic);
    if (get_int(sub, ZMQ_TYPE) == ZMQ_SUB) {
        MUST(zmq_setsockopt(sub, on ? ZMQ_SUBSCRIBE : ZMQ_UNSUBSCRIBE, topic, size) == 0);
        return;
    }
    text[0] = (char)on;
    memcpy(text + 1, topic, size);
    MUST(zmq_send(sub, text, 1 + size, 0) == (int)(1 + size));
}

/* Prints what the XPUB is told until nothing of what the subscriber sent before
 * is missing: subscriptions arrive in order, and the last one is to a new topic. */
static UNUSED void told(void *xpub, void *sub, const char *what)
{
    static int serial;
    char topic[16], text[256];
    snprintf(topic, sizeof topic, "~%d", ++serial);
    want(sub, topic, 1);
    printf("%s:", what);
    for (;;) {
        MUST(listen_to(xpub, text, sizeof text, 0) > 0);
        if (text[0] == 1 && !strcmp(text + 1, topic))
            break;
        if (text[0] == 0)
            printf(" -'%s'", text + 1);
        else if (text[0] == 1)
            printf(" +'%s'", text + 1);
        else
            printf(" '%s'", text);
    }
    putchar('\n');
    want(sub, topic, 0);
    do /* a notice of the end may have been turned off */
        if (!await_or_rest(xpub, ZMQ_POLLIN))
            return;
    while (listen_to(xpub, text, sizeof text, 0) > 0 && (text[0] || strcmp(text + 1, topic)));
}

/* Prints what is there to be received up to "end", which the publisher sends to
 * everyone who wants it. */
static UNUSED void hears(void *sub, const char *who)
{
    char text[256];
    printf("  %s:", who);
    while (listen_to(sub, text, sizeof text, 0) > 0 && strcmp(text, "end"))
        printf(" '%s'", text);
    putchar('\n');
}
