// ours-only: zmq_ctx_set_ext and zmq_ctx_get_ext are drafts, which systems' libzmq has not
/* Options of a context with a size: every number, every size, the name of threads as
 * a text and what becomes of it. As in libzmq 4.3.5 with drafts. */
#define ZMQ_BUILD_DRAFT_API
#include "threads.h"

static void outcome(int rc)
{
    printf(" %s", rc == 0 ? "ok" : error_name(zmq_errno()));
}

/* What can be set and got in which size, number by number. */
static void walk(void)
{
    static const size_t sizes[] = {0, 1, 3, 4, 5, 8, 16, 17, 300};
    static const int values[] = {-2, -1, 0, 1, 2, 65535, INT32_MAX, INT32_MIN};
    for (int number = -1; number <= 12; number++)
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            unsigned char bytes[300];
            void *context = make_context();
            size_t size = sizes[i];
            memset(bytes, 'x', sizeof bytes);
            printf("%d with %zu: get", number, sizes[i]);
            outcome(zmq_ctx_get_ext(context, number, bytes, &size));
            memset(bytes, 'x', sizeof bytes);
            printf(", set");
            outcome(zmq_ctx_set_ext(context, number, bytes, sizes[i]));
            putchar('\n');
            finish(context);
        }
    for (int number = -1; number <= 12; number++) {
        void *context = make_context();
        printf("%d:", number);
        for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
            int value = 0;
            size_t size = sizeof value;
            printf(" | %d", values[i]);
            outcome(zmq_ctx_set_ext(context, number, &values[i], sizeof values[i]));
            if (zmq_ctx_get_ext(context, number, &value, &size) == 0)
                printf(" %d", value);
        }
        putchar('\n');
        finish(context);
    }
}

/* A context with a socket whose threads run under this prefix. */
static void prefix(const char *text, size_t length)
{
    struct seen seen[8];
    char back[32];
    size_t size = sizeof back;
    void *context = make_context();
    printf("prefix of %zu bytes:", length);
    outcome(zmq_ctx_set_ext(context, ZMQ_THREAD_NAME_PREFIX, text, length));
    memset(back, 0, sizeof back);
    MUST(zmq_ctx_get_ext(context, ZMQ_THREAD_NAME_PREFIX, back, &size) == 0);
    printf(", got \"%s\" of %zu", back, strlen(back));
    void *socket = make(context, ZMQ_PULL);
    bind_any(socket, "tcp");
    if (length < 8 && look_for(seen, 1) == 1)
        printf(", a thread is \"%s\"", seen[0].name);
    putchar('\n');
    shut(socket);
    finish_threads(context);
}

int main(void)
{
    walk();
    prefix("abc", 3);
    prefix("a", 1);
    prefix("abcde", 5);
    prefix("0123456789abcdef", 16);
    prefix("0123456789abcdefg", 17);
    prefix("", 0);
    title("null");
    void *context = make_context();
    int value = 1;
    size_t size = sizeof value;
    TELL(zmq_ctx_set_ext(NULL, ZMQ_IO_THREADS, &value, sizeof value));
    TELL(zmq_ctx_get_ext(NULL, ZMQ_IO_THREADS, &value, &size));
    finish(context);
    return 0;
}
