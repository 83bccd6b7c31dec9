/* Destructors of the program, which run after those of exit handlers, use and
 * close sockets; the last to run ends the context. */
#include "support.h"

static void *context, *one, *other;

static void __attribute__((destructor(200))) use(void)
{
    say(one, "from a destructor");
    hear(other);
    shut(one);
}

static void __attribute__((destructor(101))) end(void)
{
    shut(other);
    finish(context);
    puts("the context has ended");
    fflush(stdout);
}

int main(void)
{
    context = make_context();
    one = make(context, ZMQ_PUSH);
    other = make(context, ZMQ_PULL);
    join(one, bind_any(other, "tcp"));
    say(one, "from main");
    hear(other);
    return 0;
}
