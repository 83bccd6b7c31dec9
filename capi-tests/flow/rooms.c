/* Large messages that come in any pieces, received into rooms of any size: each whole, with
 * nothing written behind it; a call that ends without a message leaves its room alone; and
 * who is hung up on in the middle of one receives the next peer's. What comes before a fault
 * is received. */
#include <netinet/tcp.h>

#include "../monitor/raw.h"

enum { MOST = 300000, MESSAGES = 400, MARGIN = 64 };

static unsigned char room[MOST + MARGIN];
static void *context, *dealer;
static struct endpoint at;

/* The body of a message, which tells its number. */
static unsigned char byte_of(uint32_t number, size_t i)
{
    return (unsigned char)(number * 31 + i % 251);
}

static size_t size_of(uint32_t number)
{
    static const size_t sizes[] = {8192, 65536, 8191, 0, 70000, 32768, 9000, 300, MOST, 65535};
    return sizes[number % 10] + (sizes[number % 10] < MOST ? number % 3 : 0);
}

/* Every seventh message has two frames. */
static int frames_of(uint32_t number)
{
    return number % 7 == 3 ? 2 : 1;
}

static size_t encode(unsigned char *bytes, uint32_t number, int more)
{
    size_t size = size_of(number), at_byte = size > 255 ? 9 : 2;
    bytes[0] = (unsigned char)(more | (size > 255 ? 2 : 0));
    bytes[1] = (unsigned char)size;
    for (int i = 0; size > 255 && i < 8; i++)
        bytes[1 + i] = (unsigned char)(size >> (56 - 8 * i));
    for (size_t i = 0; i < size; i++)
        bytes[at_byte + i] = byte_of(number, i);
    return at_byte + size;
}

static int call(void)
{
    int one = 1, fd = raw_connect(at);
    MUST(setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) == 0);
    raw_shake(fd);
    return fd;
}

static void *say_all(void *argument)
{
    static unsigned char bytes[MOST + 16];
    static const size_t pieces[] = {MOST, 4096, 65545, 1460, 30000, 100000};
    int fd = *(int *)argument;
    for (uint32_t number = 0; number < MESSAGES; number++)
        for (int frame = 0; frame < frames_of(number); frame++) {
            size_t size = encode(bytes, number, frame + 1 < frames_of(number)), given = 0;
            while (given < size) {
                size_t piece = pieces[number / 6 % 6];
                piece = piece < size - given ? piece : size - given;
                send_all(fd, (char *)bytes + given, piece);
                given += piece;
                if (number % 2)
                    sched_yield();
            }
        }
    return NULL;
}

static void take(uint32_t number, size_t length)
{
    memset(room, 0xaa, sizeof room);
    size_t size = size_of(number), got = size < length ? size : length;
    MUST(zmq_recv(dealer, room, length, 0) == (int)size);
    for (size_t i = 0; i < got; i++)
        MUST(room[i] == byte_of(number, i));
    for (size_t i = got; i < length + MARGIN && i < sizeof room; i++)
        MUST(room[i] == 0xaa);
}

static void in_pieces(int time_out)
{
    pthread_t thread;
    dealer = make(context, ZMQ_DEALER);
    set_int(dealer, ZMQ_RCVTIMEO, time_out);
    at = bind_any(dealer, "tcp");
    int fd = call();
    MUST(pthread_create(&thread, NULL, say_all, &fd) == 0);
    for (uint32_t number = 0; number < MESSAGES; number++)
        for (int frame = 0; frame < frames_of(number); frame++) {
            size_t size = size_of(number);
            size_t rooms[] = {MOST, size, size + 1, size / 2, size ? size - 1 : 0};
            take(number, rooms[number / 3 % 5]);
            MUST(get_int(dealer, ZMQ_RCVMORE) == (frame + 1 < frames_of(number)));
        }
    MUST(pthread_join(thread, NULL) == 0);
    close(fd);
    shut_now(dealer);
    printf("all, %s\n", time_out < 0 ? "waiting for ever" : "with a time-out");
}

static unsigned char halves[70000];
static size_t half;

/* The first half of a message, piece by piece, once somebody waits for it: there is no event
 * that would tell. */
static void *say_half(void *argument)
{
    for (size_t given = 0; given < half; given += half / 3) {
        pause_ms(SILENCE / 6);
        send_all(*(int *)argument, (char *)halves + given, half / 3);
    }
    return NULL;
}

/* Half of a message is no message. */
static void untouched(void)
{
    dealer = make(context, ZMQ_DEALER);
    at = bind_any(dealer, "tcp");
    int fd = call();
    size_t size = encode(halves, 1, 0);
    half = size / 6 * 3;
    for (int flags = 0; flags <= ZMQ_DONTWAIT; flags++) {
        pthread_t thread;
        MUST(pthread_create(&thread, NULL, say_half, &fd) == 0);
        if (flags & ZMQ_DONTWAIT)
            MUST(pthread_join(thread, NULL) == 0);
        set_int(dealer, ZMQ_RCVTIMEO, SILENCE);
        memset(room, 0xaa, sizeof room);
        TELL(zmq_recv(dealer, room, sizeof room, flags));
        for (size_t i = 0; i < sizeof room; i++)
            MUST(room[i] == 0xaa);
        if (!(flags & ZMQ_DONTWAIT))
            MUST(pthread_join(thread, NULL) == 0);
        send_all(fd, (char *)halves + half, size - half);
        set_int(dealer, ZMQ_RCVTIMEO, PATIENCE);
        take(1, MOST);
    }
    close(fd);
    shut_now(dealer);
}

static void *hear_one(void *nothing)
{
    (void)nothing;
    MUST(zmq_recv(dealer, room, MOST, 0) == (int)size_of(4));
    for (size_t i = 0; i < size_of(4); i++)
        MUST(room[i] == byte_of(4, i));
    return NULL;
}

static void hung_up_on(void)
{
    static unsigned char bytes[MOST + 16];
    pthread_t thread;
    dealer = make(context, ZMQ_DEALER);
    set_int(dealer, ZMQ_RCVTIMEO, -1);
    at = bind_any(dealer, "tcp");
    int first = call();
    MUST(pthread_create(&thread, NULL, hear_one, NULL) == 0);
    for (int i = 0; i < 20; i++) {
        encode(bytes, 8, 0);
        send_all(first, (char *)bytes, MOST - 1000 * i);
        close(first);
        first = call();
    }
    int second = call();
    send_all(first, (char *)bytes, MOST / 2);
    send_all(second, (char *)bytes, encode(bytes, 4, 0));
    MUST(pthread_join(thread, NULL) == 0);
    puts("the whole one of the other peer");
    close(first);
    close(second);
    shut_now(dealer);
}

static void *hear_fifth(void *nothing)
{
    take(5, MOST);
    return nothing;
}

/* What is wrong behind a message does not take it along. */
static void before_a_fault(void)
{
    static const char fault[] = "\2\377\377\377\377\377\377\377\377";
    static unsigned char bytes[MOST + 16];
    pthread_t thread;
    dealer = make(context, ZMQ_DEALER);
    at = bind_any(dealer, "tcp");
    for (int time_out = -1; time_out < PATIENCE; time_out += PATIENCE + 1) {
        set_int(dealer, ZMQ_RCVTIMEO, time_out);
        int fd = call();
        size_t size = encode(bytes, 5, 0);
        memcpy(bytes + size, fault, sizeof fault - 1);
        MUST(pthread_create(&thread, NULL, hear_fifth, NULL) == 0);
        let_happen();
        send_all(fd, (char *)bytes, 9);
        let_happen();
        send_all(fd, (char *)bytes + 9, size - 9 + sizeof fault - 1);
        MUST(pthread_join(thread, NULL) == 0);
        read_to_end(fd);
    }
    puts("the one before the fault");
    shut_now(dealer);
}

int main(void)
{
    context = make_context();
    in_pieces(-1);
    in_pieces(PATIENCE);
    untouched();
    hung_up_on();
    before_a_fault();
    finish(context);
    return 0;
}
