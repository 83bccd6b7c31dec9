/* Handshakes byte by byte: greetings of all versions, and what may stand in the place
 * of READY. What the monitor tells of each, whoever has connected. */
#include "raw.h"
#include "watch.h"

#define BYTES(text) text, sizeof(text) - 1
#define FF "\xff\0\0\0\0\0\0\0\1\x7f"
#define TYPE(name) "\x0bSocket-Type\0\0\0" name

static const struct {
    const char *what, *bytes;
    size_t size;
} greetings[] = {
    {"nothing", BYTES("")},
    {"no greeting", BYTES("GET / HTTP/1.1\r\n\r\n")},
    {"a signature that is none", BYTES("\xff\0\0\0\0\0\0\0\1\x7e\3\1")},
    {"1.0, a frame of length 0", BYTES("\0")},
    {"1.0, the most that can be", BYTES("\xff\xff\xff\xff\xff\xff\xff\xff\xff\0x")},
    {"1.0, versioned, a frame of length 0", BYTES(FF "\0\5\0")},
    {"2.0, no type that exists", BYTES(FF "\1\x77\0\0")},
    {"2.0, more than there can be", BYTES(FF "\1\5\2\xff\xff\xff\xff\xff\xff\xff\xff")},
    {"2.0, flags that do not exist", BYTES(FF "\1\5\xf8\0")},
    {"3.0, no mechanism", BYTES(GREETING(""))},
    {"3.0, half of a name", BYTES(GREETING("NUL"))},
    {"3.0, another case", BYTES(GREETING("null"))},
    {"3.0, something behind the name", BYTES(GREETING("NULL\0\0x"))},
    {"2 as a version", BYTES(FF "\2\0NULX")},
    {"255 as a version", BYTES(FF "\xff\xffNULX")},
};

static const struct {
    const char *what, *bytes;
    size_t size;
} commands[] = {
    {"nothing", BYTES("")},
    {"the least READY", BYTES("\4\6\5READY")},
    {"READY as a message", BYTES("\0\6\5READY")},
    {"READY that is to go on", BYTES("\5\6\5READY")},
    {"READY with flags that do not exist", BYTES("\xfc\6\5READY")},
    {"READY with a long length", BYTES("\6\0\0\0\0\0\0\0\6\5READY")},
    {"READY in small letters", BYTES("\4\6\5ready")},
    {"READY with one letter more", BYTES("\4\7\6READYX")},
    {"READY with a wrong length", BYTES("\4\6\6READY")},
    {"READY without its length", BYTES("\4\5READY")},
    {"half of READY", BYTES("\4\3\5RE")},
    {"properties of one byte", BYTES("\4\7\5READYx")},
    {"a property without a value", BYTES("\4\x0a\5READY\3abc")},
    {"a property with half of a length", BYTES("\4\x0c\5READY\3abc\0\0")},
    {"a property with nothing behind a length", BYTES("\4\x0e\5READY\3abc\0\0\0\5")},
    {"a property with half of a value", BYTES("\4\x0f\5READY\3abc\0\0\0\5x")},
    {"a property of 2^31 bytes", BYTES("\4\x0f\5READY\3abc\x80\0\0\0x")},
    {"a property without a name", BYTES("\4\x0c\5READY\0\0\0\0\1x")},
    {"no type that exists", BYTES("\4\x19\5READY" TYPE("\3FOO"))},
    {"a type that does not fit", BYTES("\4\x19\5READY" TYPE("\3SUB"))},
    {"a type without a name", BYTES("\4\x16\5READY" TYPE("\0"))},
    {"a type that fits, twice", BYTES("\4\x34\5READY" TYPE("\6DEALER") TYPE("\3REQ"))},
    {"an empty command", BYTES("\4\0")},
    {"an empty message", BYTES("\0\0")},
    {"a command without a name", BYTES("\4\1\0")},
    {"a name that is cut off", BYTES("\4\1\5")},
    {"HELLO", BYTES("\4\6\5HELLO")},
    {"WELCOME", BYTES("\4\x08\7WELCOME")},
    {"INITIATE", BYTES("\4\x09\x08INITIATE")},
    {"MESSAGE", BYTES("\4\x08\7MESSAGE")},
    {"PING", BYTES("\4\7\4PING\0\0")},
    {"SUBSCRIBE", BYTES("\4\x0b\x09SUBSCRIBEA")},
    {"a message", BYTES("\0\5hello")},
    {"2^63-1 bytes", BYTES("\6\x7f\xff\xff\xff\xff\xff\xff\xff")},
    {"2^64-1 bytes", BYTES("\6\xff\xff\xff\xff\xff\xff\xff\xff")},
    {"ERROR 200", BYTES("\4\x0a\5ERROR\003200")},
    {"ERROR 300", BYTES("\4\x0a\5ERROR\003300")},
    {"ERROR 400", BYTES("\4\x0a\5ERROR\003400")},
    {"ERROR 500", BYTES("\4\x0a\5ERROR\003500")},
    {"ERROR 600", BYTES("\4\x0a\5ERROR\003600")},
    {"ERROR 401", BYTES("\4\x0a\5ERROR\003401")},
    {"ERROR 4000", BYTES("\4\x0b\5ERROR\0044000")},
    {"ERROR 400 with more behind it", BYTES("\4\x0b\5ERROR\003400x")},
    {"ERROR without a reason", BYTES("\4\7\5ERROR\0")},
    {"ERROR without a length", BYTES("\4\6\5ERROR")},
    {"ERROR that is cut off", BYTES("\4\x09\5ERROR\5no")},
    {"ERROR with one letter more", BYTES("\4\x08\6ERRORS\0")},
    {"ERROR, then READY", BYTES("\4\x0a\5ERROR\003400\4\6\5READY")},
    {"READY twice", BYTES("\4\6\5READY\4\6\5READY")},
    {"READY, then ERROR", BYTES("\4\6\5READY\4\x0a\5ERROR\003400")},
};

/* What a DEALER says before it hears a command: its greeting and its READY. */
#define WHAT_A_DEALER_SAYS (GREETING_SIZE + READY_SIZE)

/* Says the greeting, and once all is there that is due before a command, what follows. */
static void speak(int fd, const char *greeting, size_t size, const char *rest, size_t rest_size)
{
    char bytes[WHAT_A_DEALER_SAYS] = {0};
    memcpy(bytes, greeting, size);
    send_all(fd, bytes, rest ? GREETING_SIZE : size);
    if (!rest)
        return;
    MUST(raw_read(fd, bytes, sizeof bytes));
    (void)!send(fd, rest, rest_size, MSG_NOSIGNAL);
}

static void tell_until_the_end(void *monitor, const char *known)
{
    struct happening it;
    do {
        MUST(next_event(monitor, &it, PATIENCE));
        tell_event("  it", &it, known);
    } while (it.event != ZMQ_EVENT_DISCONNECTED);
}

enum { EVENTS = ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH
                | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_HANDSHAKE_SUCCEEDED
                | ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_MONITOR_STOPPED };

/* One that hangs up for writing when it has said all. */
static void meet(void *context, int bound, const char *what, const char *greeting, size_t size,
                 const char *rest, size_t rest_size)
{
    void *socket = make(context, ZMQ_DEALER), *monitor = watch(context, socket, EVENTS);
    struct endpoint e;
    int fd, listener = -1;
    printf("%s\n", what);
    set_int(socket, ZMQ_RECONNECT_IVL, -1);
    if (bound) {
        e = bind_any(socket, "tcp");
        fd = raw_connect(e);
    } else {
        listener = raw_listen(&e);
        MUST(zmq_connect(socket, e.text) == 0);
        fd = raw_accept(listener);
    }
    speak(fd, greeting, size, rest, rest_size);
    MUST(shutdown(fd, SHUT_WR) == 0 || errno == ENOTCONN);
    tell_until_the_end(monitor, e.text);
    read_to_end(fd);
    if (listener >= 0)
        close(listener);
    shut_now(socket);
    unwatch(monitor);
}

int main(void)
{
    void *context = make_context();
    for (int bound = 1; bound >= 0; bound--) {
        puts(bound ? "-- greetings, the peer has connected" : "-- greetings, the peer is bound");
        for (size_t i = 0; i < sizeof greetings / sizeof *greetings; i++) {
            int whole = greetings[i].size > 12;
            char bytes[GREETING_SIZE] = {0};
            memcpy(bytes, greetings[i].bytes, greetings[i].size);
            whole &= bytes[10] == 3 || bytes[10] == 2 || bytes[10] == -1;
            meet(context, bound, greetings[i].what, bytes, whole ? GREETING_SIZE : greetings[i].size,
                 NULL, 0);
        }
        puts(bound ? "-- commands, the peer has connected" : "-- commands, the peer is bound");
        for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
            meet(context, bound, commands[i].what, BYTES(NULL_GREETING), commands[i].bytes,
                 commands[i].size);
    }
    finish(context);
    return 0;
}
