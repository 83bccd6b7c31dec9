// breaks: it tries no address of a name but the first
/* A name has several addresses, and a peer is at the last of them only: it is
 * found, and found again after the connection was lost, when the name means
 * something else than before. */
#include "names.h"

static int lookups;

/* Nobody is at the first two, which are of this machine as well. */
static int look_up(const char *name, in_addr_t *addresses)
{
    MUST(!strcmp(name, "several.invalid"));
    int again = __sync_fetch_and_add(&lookups, 1) > 0;
    addresses[0] = htonl(0x7f000003u);
    addresses[1] = htonl(again ? 0x7f000004u : 0x7f000002u);
    addresses[2] = htonl(again ? 0x7f000005u : 0x7f000001u);
    return 3;
}

int main(void)
{
    struct endpoint here, name, there;
    alarm(60);
    void *context = make_context();
    void *first = make(context, ZMQ_PULL), *second = make(context, ZMQ_PULL);
    void *sender = make(context, ZMQ_PUSH);
    here = bind_any(first, "tcp");
    snprintf(name.text, sizeof name.text, "tcp://several.invalid%s", strrchr(here.text, ':'));
    snprintf(there.text, sizeof there.text, "tcp://127.0.0.5%s", strrchr(here.text, ':'));
    set_int(first, ZMQ_RCVTIMEO, 6000);
    set_int(second, ZMQ_RCVTIMEO, 6000);
    set_int(sender, ZMQ_RECONNECT_IVL, 20);
    join(sender, name);
    say(sender, "to the third address");
    if (hear(first) == -1)
        return 1;
    shut(first);
    bind_again(second, there.text);
    /* The first ones may still go where nobody reads any more. */
    long long end = now_ms() + 6000;
    do
        say(sender, "to the third of the next look-up");
    while (!await(second, ZMQ_POLLIN, 50) && now_ms() < end);
    hear(second);
    shut(second);
    shut_now(sender);
    finish(context);
    return 0;
}
