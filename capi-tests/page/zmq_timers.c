/* zmq_timers(3): every error and each promise of the page. Order, intervals and
 * changes from handlers are shown by api/timers.
 *
 * The page names zmq_timers_timeout with EINVAL; it means zmq_timers_reset. */
#include "reference.h"

static void call(int id, void *argument)
{
    (void)id;
    ++*(int *)argument;
}

int main(void)
{
    char foreign[64] = "";
    void *wrong = foreign, *none = NULL, *timers = zmq_timers_new();
    int calls = 0, id;
    title("EFAULT");
    TELL(zmq_timers_destroy(&none));
    TELL(zmq_timers_destroy(&wrong));
    TELL(zmq_timers_add(wrong, 1, call, &calls));
    TELL(zmq_timers_add(timers, 1, NULL, &calls));
    TELL(zmq_timers_cancel(wrong, 1));
    TELL(zmq_timers_set_interval(wrong, 1, 1));
    TELL(zmq_timers_reset(wrong, 1));
    TELL(zmq_timers_timeout(wrong));
    TELL(zmq_timers_execute(wrong));
    title("EINVAL");
    TELL(zmq_timers_cancel(timers, 1));
    TELL(zmq_timers_set_interval(timers, 1, 1));
    TELL(zmq_timers_reset(timers, 1));
    MUST((id = zmq_timers_add(timers, 60000, call, &calls)) != -1);
    TELL(zmq_timers_cancel(timers, id));
    TELL(zmq_timers_cancel(timers, id));
    MUST(zmq_timers_timeout(timers) == -1); /* only here libzmq 4.3.4 forgets a timer */
    TELL(zmq_timers_set_interval(timers, id, 1));
    TELL(zmq_timers_reset(timers, id));
    if (!libzmq_434()) {
        MUST((id = zmq_timers_add(timers, 60000, call, &calls)) != -1);
        MUST(zmq_timers_cancel(timers, id) == 0);
        MUST(zmq_timers_set_interval(timers, id, 1) == -1 && zmq_errno() == EINVAL);
        MUST(zmq_timers_reset(timers, id) == -1 && zmq_errno() == EINVAL);
    }
    title("none left");
    errno = 0;
    printf("%ld\n", zmq_timers_timeout(timers));
    TELL(zmq_timers_execute(timers));
    title("it repeats until it is cancelled");
    MUST((id = zmq_timers_add(timers, 60000, call, &calls)) != -1);
    TELL(zmq_timers_execute(timers));
    TELL(calls);
    TELL(zmq_timers_set_interval(timers, id, 30));
    for (int i = 0; i < 3; i++) {
        long left = zmq_timers_timeout(timers);
        MUST(left >= 0 && left <= 30);
        pause_ms((int)left + 1);
        TELL(zmq_timers_execute(timers));
    }
    TELL(calls);
    TELL(zmq_timers_set_interval(timers, id, 60000));
    MUST(zmq_timers_timeout(timers) > 30000);
    TELL(zmq_timers_execute(timers));
    TELL(zmq_timers_reset(timers, id));
    MUST(zmq_timers_timeout(timers) > 30000);
    TELL(zmq_timers_cancel(timers, id));
    TELL(calls);
    TELL(zmq_timers_destroy(&timers));
    MUST(!timers);
    return 0;
}
