/* Atomic counters, stopwatches, sleeping, threads, Z85: what they do, also when
 * there is nothing to do it with. */
#include "support.h"

static void *counter;

static void count(void *argument)
{
    for (int i = 0; i < 10000; i++)
        zmq_atomic_counter_inc(argument);
    for (int i = 0; i < 5000; i++)
        zmq_atomic_counter_dec(argument);
}

static void counters(void)
{
    void *threads[4];
    title("counters");
    MUST((counter = zmq_atomic_counter_new()) != NULL);
    TELL(zmq_atomic_counter_value(counter));
    TELL(zmq_atomic_counter_inc(counter));
    TELL(zmq_atomic_counter_inc(counter));
    TELL(zmq_atomic_counter_dec(counter));
    TELL(zmq_atomic_counter_dec(counter));
    zmq_atomic_counter_set(counter, 5);
    TELL(zmq_atomic_counter_value(counter));
    zmq_atomic_counter_set(counter, -1);
    TELL(zmq_atomic_counter_value(counter) == -1);
    zmq_atomic_counter_set(counter, 0);
    for (int i = 0; i < 4; i++)
        MUST((threads[i] = zmq_threadstart(count, counter)) != NULL);
    for (int i = 0; i < 4; i++)
        zmq_threadclose(threads[i]);
    TELL(zmq_atomic_counter_value(counter));
    zmq_atomic_counter_destroy(&counter);
    MUST(counter == NULL);
}

static void watches(void)
{
    title("stopwatches");
    void *watch = zmq_stopwatch_start();
    pause_ms(20);
    unsigned long between = zmq_stopwatch_intermediate(watch);
    pause_ms(20);
    unsigned long whole = zmq_stopwatch_stop(watch);
    printf("%d %d %d\n", between >= 20000, whole >= between + 20000, whole < 10000000);
    long long begun = now_ms();
    zmq_sleep(1);
    MUST(now_ms() - begun >= 999);
    zmq_sleep(0);
}

static void z85(void)
{
    static const uint8_t key[32] = {
        0x8E, 0x0B, 0xDD, 0x69, 0x76, 0x28, 0xB9, 0x1D, 0x8F, 0x24, 0x55, 0x87, 0xEE, 0x95, 0xC5,
        0xB0, 0x4D, 0x48, 0x96, 0x3F, 0x79, 0x25, 0x98, 0x77, 0xB4, 0x9C, 0xD9, 0x06, 0x3A, 0xEA,
        0xD3, 0xB7};
    static const char *const bad[] = {"", "a", "abcd", "abcde", "abcdef", "%%%%%", "#####",
                                      "ab de", "ab\"de", "ab\177de", "0000000000"};
    uint8_t bytes[64];
    char text[64];
    title("Z85");
    printf("%s\n", zmq_z85_encode(text, key, 32));
    MUST(zmq_z85_decode(bytes, text) == bytes);
    MUST(!memcmp(bytes, key, 32));
    printf("'%s'\n", zmq_z85_encode(text, key, 0));
    for (size_t size = 1; size < 9; size++) {
        errno = 0;
        char *result = zmq_z85_encode(text, key, size);
        printf("%zu bytes: %s\n", size, result ? result : error_name(zmq_errno()));
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        memset(bytes, 0xEE, sizeof bytes);
        errno = 0;
        uint8_t *result = zmq_z85_decode(bytes, bad[i]);
        printf("%zu: %s", i, result ? "decoded" : error_name(zmq_errno()));
        for (size_t j = 0; result && j < strlen(bad[i]) * 4 / 5; j++)
            printf(" %02x", bytes[j]);
        puts("");
    }
}

static void versions(void)
{
    int major = -1, minor = -1, patch = -1;
    title("others");
    zmq_version(&major, &minor, &patch);
    printf("version %d.%d\n", major, minor);
    static const char *const names[] = {"ipc", "inproc", "tcp", "nonsense", ""};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        printf("%s: %d\n", names[i], zmq_has(names[i]));
}

int main(void)
{
    counters();
    watches();
    z85();
    versions();
    return 0;
}
