/* zmq_ipc(7): the path is made by bind and taken over by a second one; wildcards,
 * abstract names, and what a path may be. More of it, with what is left on disk, is
 * endpoint/wildcard. */
#include <sys/stat.h>
#include "support.h"

static void exchange(void *context, void *pull, const char *endpoint)
{
    void *push = make(context, ZMQ_PUSH);
    MUST(zmq_connect(push, endpoint) == 0);
    say(push, "over ipc");
    hear(pull);
    shut(push);
}

static void paths(void *context)
{
    void *pull = make(context, ZMQ_PULL);
    char directory[200], endpoint[300];
    struct stat status;
    title("a path, relative and absolute");
    TELL(zmq_bind(pull, "ipc://relative"));
    TELL(stat("relative", &status) == 0 && S_ISSOCK(status.st_mode));
    MUST(getcwd(directory, sizeof directory));
    snprintf(endpoint, sizeof endpoint, "ipc://%s/absolute", directory);
    TELL(zmq_bind(pull, endpoint));
    exchange(context, pull, endpoint);
    title("what a path may not be");
    TELL(zmq_bind(pull, "ipc://"));
    TELL(zmq_bind(pull, "ipc://nosuchdirectory/path"));
    char *end = endpoint + sprintf(endpoint, "ipc://");
    memset(end, 'p', 108);
    end[108] = 0;
    TELL(strlen(endpoint));
    TELL(zmq_bind(pull, endpoint));
    end[107] = 0;
    TELL(strlen(endpoint));
    TELL(zmq_bind(pull, endpoint));
    TELL(zmq_connect(pull, "ipc://"));
    shut(pull);
}

static void taken_over(void *context)
{
    void *first = make(context, ZMQ_PULL), *second = make(context, ZMQ_PULL);
    title("a second bind takes the path over");
    TELL(zmq_bind(first, "ipc://taken"));
    TELL(zmq_bind(second, "ipc://taken"));
    exchange(context, second, "ipc://taken");
    hear_nothing(first);
    shut(first);
    shut(second);
}

static void wildcard(void *context)
{
    void *pull = make(context, ZMQ_PULL), *other = make(context, ZMQ_PULL);
    title("the wildcard makes a path, told by ZMQ_LAST_ENDPOINT");
    TELL(zmq_bind(pull, "ipc://*"));
    TELL(zmq_bind(other, "ipc://*"));
    struct endpoint e = last_endpoint(pull);
    TELL(strcmp(e.text, last_endpoint(other).text) != 0);
    exchange(context, pull, e.text);
    TELL(zmq_unbind(pull, "ipc://*"));
    TELL(zmq_unbind(pull, e.text));
    shut(pull);
    shut(other);
}

static void abstract(void *context)
{
    void *pull = make(context, ZMQ_PULL), *other = make(context, ZMQ_PULL);
    char endpoint[100];
    title("an abstract name is no file, and not taken over");
    snprintf(endpoint, sizeof endpoint, "ipc://@page-%d", (int)getpid());
    MUST(zmq_bind(pull, endpoint) == 0);
    TELL(access(endpoint + 6, F_OK));
    TELL(zmq_bind(other, endpoint));
    exchange(context, pull, endpoint);
    TELL(zmq_bind(other, "ipc://@"));
    shut(pull);
    shut(other);
}

int main(void)
{
    void *context = make_context();
    paths(context);
    taken_over(context);
    wildcard(context);
    abstract(context);
    finish(context);
    return 0;
}
