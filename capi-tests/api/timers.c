/* zmq_timers_*: intervals, order, changes from outside and from a handler, every
 * error. */
#include "support.h"

static void *timers;
static int calls[4], ids[4];

static void count(int id, void *argument)
{
    int *calls = argument;
    (void)id;
    ++*calls;
}

static void cancel_itself(int id, void *argument)
{
    ++*(int *)argument;
    printf("cancelled by its handler: %d\n", zmq_timers_cancel(timers, id));
}

static void print_name(int id, void *argument)
{
    (void)id;
    printf("fires: %s\n", (char *)argument);
}

/* Executes timers until one of them has been called so often. */
static void until(int *calls, int times)
{
    long long end = now_ms() + PATIENCE;
    while (*calls < times) {
        long wait = zmq_timers_timeout(timers);
        MUST(wait >= 0 && now_ms() < end);
        pause_ms((int)wait);
        MUST(zmq_timers_execute(timers) == 0);
    }
}

int main(void)
{
    void *none = NULL;
    char foreign[64] = "";
    void *wrong = foreign;

    title("errors");
    TELL(zmq_timers_destroy(&none));
    TELL(zmq_timers_destroy(&wrong));
    TELL(zmq_timers_add(NULL, 10, count, &calls[0]));
    TELL(zmq_timers_add(wrong, 10, count, &calls[0]));
    TELL(zmq_timers_timeout(NULL));
    TELL(zmq_timers_execute(NULL));
    TELL(zmq_timers_cancel(NULL, 1));
    TELL(zmq_timers_set_interval(NULL, 1, 1));
    TELL(zmq_timers_reset(NULL, 1));
    for (int i = 0; i < 2; i++) { /* memory that holds NULL, and any other */
        void *no_timers = i ? wrong : &none;
        TELL(zmq_timers_timeout(no_timers));
        TELL(zmq_timers_execute(no_timers));
        TELL(zmq_timers_cancel(no_timers, 1));
        TELL(zmq_timers_set_interval(no_timers, 1, 1));
        TELL(zmq_timers_reset(no_timers, 1));
        TELL(zmq_timers_add(no_timers, 10, count, &calls[0]));
    }
    MUST((timers = zmq_timers_new()) != NULL);
    TELL(zmq_timers_add(timers, 10, NULL, NULL));
    TELL(zmq_timers_cancel(timers, 77));
    TELL(zmq_timers_set_interval(timers, 77, 1));
    TELL(zmq_timers_reset(timers, 77));
    TELL(zmq_timers_timeout(timers));
    TELL(zmq_timers_execute(timers));

    title("one");
    long long begun = now_ms();
    TELL(ids[0] = zmq_timers_add(timers, 60, count, &calls[0]));
    MUST(zmq_timers_timeout(timers) > 0 && zmq_timers_timeout(timers) <= 60);
    TELL(zmq_timers_execute(timers));
    printf("called %d times\n", calls[0]);
    until(&calls[0], 1);
    MUST(now_ms() - begun >= 59);
    until(&calls[0], 2);
    MUST(now_ms() - begun >= 119);
    printf("called %d times\n", calls[0]);

    title("changes");
    TELL(zmq_timers_set_interval(timers, ids[0], 10000));
    MUST(zmq_timers_timeout(timers) > 5000);
    TELL(zmq_timers_set_interval(timers, ids[0], 10));
    until(&calls[0], 3);
    TELL(zmq_timers_set_interval(timers, ids[0], 200));
    pause_ms(60);
    long before = zmq_timers_timeout(timers);
    TELL(zmq_timers_reset(timers, ids[0]));
    MUST(zmq_timers_timeout(timers) > before);
    TELL(zmq_timers_cancel(timers, ids[0]));
    TELL(zmq_timers_cancel(timers, ids[0]));
    TELL(zmq_timers_timeout(timers));
    TELL(zmq_timers_reset(timers, ids[0]));
    TELL(zmq_timers_set_interval(timers, ids[0], 5));

    title("an interval without end");
    TELL(ids[3] = zmq_timers_add(timers, SIZE_MAX, count, &calls[3]));
    TELL(zmq_timers_cancel(timers, ids[3]));

    title("order");
    TELL(zmq_timers_add(timers, 30, print_name, "second"));
    TELL(zmq_timers_add(timers, 20, print_name, "first"));
    TELL(ids[1] = zmq_timers_add(timers, 40, count, &calls[1]));
    pause_ms(50);
    MUST(zmq_timers_timeout(timers) == 0);
    TELL(zmq_timers_execute(timers));
    printf("called %d times\n", calls[1]);

    title("cancelled by its handler");
    TELL(zmq_timers_destroy(&timers));
    MUST(timers == NULL);
    MUST((timers = zmq_timers_new()) != NULL);
    TELL(ids[2] = zmq_timers_add(timers, 1, cancel_itself, &calls[2]));
    until(&calls[2], 1);
    TELL(zmq_timers_timeout(timers));
    pause_ms(5);
    TELL(zmq_timers_execute(timers));
    printf("called %d times\n", calls[2]);
    TELL(zmq_timers_destroy(&timers));
    return 0;
}
