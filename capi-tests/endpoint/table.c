/* What each text of an endpoint is worth to bind, connect, unbind and disconnect,
 * and to ZMQ_LAST_ENDPOINT: well-formed and malformed ones, with IPv6 and without.
 *
 * PORT stands for a port that was free a moment ago. */
#include <netinet/in.h>
#include <sys/socket.h>
#include "resolver.h"

static const char *const texts[] = {
    /* no scheme, or none that there is */
    "", ":", "/", "//", "://", ":///", "a", "tcp", "tcp:", "tcp:/", "tcp:127.0.0.1:PORT", "://127.0.0.1:PORT",
    "TCP://127.0.0.1:PORT", " tcp://127.0.0.1:PORT", "tcp ://127.0.0.1:PORT", "tcp:// 127.0.0.1:PORT",
    "http://127.0.0.1:PORT", "unix://x", "tcp4://127.0.0.1:PORT", "tcp6://[::1]:PORT", "ipc:x", "inproc:x",
    "udp://127.0.0.1:PORT", "tcp:///127.0.0.1:PORT", "tcp://tcp://127.0.0.1:PORT", "inproc", "ipc", "inproc://", "ipc://",
    "tcp://",
    /* ports */
    "tcp://127.0.0.1", "tcp://127.0.0.1:", "tcp://127.0.0.1:PORT", "tcp://127.0.0.1:0", "tcp://127.0.0.1:00",
    "tcp://127.0.0.1:*", "tcp://127.0.0.1:**", "tcp://127.0.0.1:*PORT", "tcp://127.0.0.1:PORT*", "tcp://127.0.0.1:+PORT",
    "tcp://127.0.0.1:-PORT", "tcp://127.0.0.1:-1", "tcp://127.0.0.1: PORT", "tcp://127.0.0.1:PORT ",
    "tcp://127.0.0.1:\tPORT", "tcp://127.0.0.1:0PORT", "tcp://127.0.0.1:0xPORT", "tcp://127.0.0.1:PORTx", "tcp://127.0.0.1:PORT/",
    "tcp://127.0.0.1:PORT/path", "tcp://127.0.0.1:PORT,1", "tcp://127.0.0.1:PORT-65535", "tcp://127.0.0.1:*[60000-]",
    "tcp://127.0.0.1:[PORT]", "tcp://127.0.0.1:!", "tcp://127.0.0.1:65536", "tcp://127.0.0.1:131072", "tcp://127.0.0.1:4294967296",
    "tcp://127.0.0.1:99999999999999999999", "tcp://127.0.0.1:http", "tcp://127.0.0.1:ftp-data", "tcp://127.0.0.1::PORT",
    "tcp://127.0.0.1:PORT:", "tcp://127.0.0.1:PORT:PORT", "tcp://127.0.0.1:PORT.5", "tcp://127.0.0.1:\xc3\xa9",
    "tcp://127.0.0.1:PORT\xc3\xa9", "tcp://127.0.0.1:PORT\n", "tcp://:PORT", "tcp://::PORT", "tcp://:*", "tcp://::*", "tcp://*",
    "tcp://*:*", "tcp://*:0", "tcp://*:PORT", "tcp://**:*", "tcp://*.*:*", "tcp:// *:*", "tcp://0:*", "tcp://0.0.0.0:*", "tcp://PORT",
    /* literals of IPv4 */
    "tcp://127.1:*", "tcp://127.1:PORT", "tcp://2130706433:*", "tcp://0x7f000001:*", "tcp://0177.0.0.1:*", "tcp://127.0.0.1.:*",
    "tcp://127.0.0.256:*", "tcp://127.0.0.1.1:*", "tcp://127.0.0.:*", "tcp://.127.0.0.1:*", "tcp://127.0.0.1%lo:*",
    "tcp://127.0.0.1%1:PORT", "tcp://[127.0.0.1]:*", "tcp://[127.0.0.1]:PORT", "tcp://(127.0.0.1):*", "tcp://255.255.255.255:*",
    "tcp://192.0.2.1:PORT", "tcp://127.0.0.1 :*", "tcp://127.0.0.1\n:*", "tcp://224.0.0.1:*", "tcp://127.0.0.1_:PORT",
    /* literals of IPv6, and their zones */
    "tcp://[::1]:*", "tcp://[::1]:PORT", "tcp://::1:*", "tcp://::1:PORT", "tcp://[::]:*", "tcp://:::*", "tcp://:::PORT", "tcp://[*]:*",
    "tcp://[]:*", "tcp://[]:PORT", "tcp://[:]:*", "tcp://[::1:*", "tcp://[::1:PORT", "tcp://::1]:*", "tcp://::1]:PORT", "tcp://[[::1]]:*",
    "tcp://[[::1]]:PORT", "tcp://[::1]", "tcp://[::1]:", "tcp://[::1]PORT", "tcp://[::1] :*", "tcp://[ ::1]:*", "tcp://[::ffff:127.0.0.1]:*",
    "tcp://[::ffff:127.0.0.1]:PORT", "tcp://[::127.0.0.1]:PORT", "tcp://[::ffff:7f00:1]:*", "tcp://[0:0:0:0:0:0:0:1]:*",
    "tcp://[0000::0001]:PORT", "tcp://[::g]:*", "tcp://[1::2::3]:*", "tcp://[::1%lo]:*", "tcp://[::1%lo]:PORT", "tcp://[::1]%lo:*",
    "tcp://::1%lo:PORT", "tcp://[::1%1]:*", "tcp://[::1%1]:PORT", "tcp://[::1%]:*", "tcp://[::1%0]:*", "tcp://[::1%nosuch]:*",
    "tcp://[::1%nosuch]:PORT", "tcp://[::1%1x]:*", "tcp://[::1%-1]:*", "tcp://[::1%lo%lo]:*", "tcp://%lo:*", "tcp://[%lo]:*", "tcp://%:*",
    "tcp://[fe80::1]:PORT", "tcp://[fe80::1%lo]:PORT", "tcp://[2001:db8::1]:PORT", "tcp://[ff02::1%lo]:PORT", "tcp://lo%1:*", "tcp://*%lo:*",
    /* interfaces and names */
    "tcp://lo:*", "tcp://lo:0", "tcp://lo:PORT", "tcp://LO:*", "tcp://lo :*", "tcp:// lo:*", "tcp://[lo]:*", "tcp://lo;:*",
    "tcp://lo:1:*", "tcp://lo.:*", "tcp://nosuch:*", "tcp://nosuch:PORT", "tcp://no such:PORT", "tcp://no/such:PORT", "tcp://no_such:PORT",
    "tcp://-nosuch:PORT", "tcp://_nosuch:PORT", "tcp://.nosuch:PORT", "tcp://no~such:PORT", "tcp://no@such:PORT", "tcp://user@host:PORT",
    "tcp://no\xc3\xbcsuch:PORT", "tcp://known.example:PORT", "tcp://known.example", "tcp://known.example:", "tcp://known.example:*",
    "tcp://known.example:http", "tcp://known.example%lo:PORT", "tcp://[known.example]:PORT", "tcp://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa:PORT",
    /* sources */
    "tcp://127.0.0.1:0;127.0.0.1:PORT", "tcp://127.0.0.1:*;127.0.0.1:PORT", "tcp://127.0.0.2;127.0.0.1:PORT", "tcp://*:*;127.0.0.1:PORT",
    "tcp://*:0;127.0.0.1:*", "tcp://lo:0;127.0.0.1:PORT", "tcp://lo:0;127.0.0.1:*", "tcp://lo:*;lo:*", "tcp://nosuch:0;127.0.0.1:*",
    "tcp://nosuch:0;127.0.0.1:PORT", "tcp://known.example:0;127.0.0.1:*", "tcp://known.example:0;127.0.0.1:PORT", "tcp://;127.0.0.1:PORT",
    "tcp://;127.0.0.1:*", "tcp://127.0.0.1:PORT;", "tcp://127.0.0.1:*;", "tcp://;", "tcp://;:", "tcp://:;:", "tcp://:0;:PORT", "tcp://:0;127.0.0.1:*",
    "tcp://127.0.0.1:0;127.0.0.1:0;127.0.0.1:PORT", "tcp://127.0.0.1:0;127.0.0.1:0;127.0.0.1:*", "tcp://[::1]:0;[::1]:PORT",
    "tcp://[::1]:0;[::1]:*", "tcp://[::1]:0;127.0.0.1:PORT", "tcp://127.0.0.1:0;[::1]:PORT", "tcp://[::1%lo]:0;[::1]:PORT",
    "tcp://127.0.0.1:x;127.0.0.1:*", "tcp://127.0.0.1:99999;127.0.0.1:*", "tcp://192.0.2.1:0;127.0.0.1:*", "tcp://127.0.0.1:PORT;127.0.0.1:*",
    "tcp://127.0.0.1:0 ;127.0.0.1:PORT", "tcp://127.0.0.1:0; 127.0.0.1:PORT",
    /* ipc and inproc */
    "ipc://name", "ipc://./name", "ipc://*", "ipc://*x", "ipc://x*", "ipc://@", "ipc://@@", "ipc://@*", "ipc:// ", "ipc://.", "ipc:///",
    "ipc://nosuch/name", "ipc:///dev/null/name", "ipc://name;name", "ipc://\xc3\xa9", "ipc://a\nb", "ipc://ipc://x", "ipc://127.0.0.1:*",
    "inproc://name", "inproc://*", "inproc://@", "inproc:// ", "inproc://inproc://x", "inproc:///",
};

static char port[16];

/* One of those that the system gives only to who names them, and of which that is true
 * with a minus, too: nobody else is given them meanwhile. Where there are none, any. */
static void choose_port(void *context)
{
    enum { LEAST = 2000, MOST = 4500 };
    int first_given = 0, last_given = 0, taken = 1;
    FILE *file = fopen("/proc/sys/net/ipv4/ip_local_port_range", "r");
    MUST(file && fscanf(file, "%d %d", &first_given, &last_given) == 2);
    fclose(file);
    if (first_given <= MOST || last_given >= 65536 - MOST) {
        strcpy(port, strrchr(unused(context, "tcp").text, ':') + 1);
        return;
    }
    for (int i = 0; taken; i++) {
        int number = LEAST + (getpid() + i) % (MOST - LEAST), fd = socket(AF_INET, SOCK_STREAM, 0);
        struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)number)};
        MUST(fd >= 0 && i < MOST - LEAST);
        taken = bind(fd, (struct sockaddr *)&address, sizeof address);
        close(fd);
        sprintf(port, "%d", number);
    }
}

/* The text with the port in its place. */
static struct endpoint filled(const char *text)
{
    struct endpoint e;
    const char *from = text;
    char *to = e.text;
    while (*from) {
        if (!strncmp(from, "PORT", 4)) {
            to += sprintf(to, "%s", port);
            from += 4;
        } else
            *to++ = *from++;
    }
    *to = 0;
    return e;
}

/* Prints what bytes can be printed; the port, and one chosen by the system, as PORT and ANY. */
static void show(const char *text, const char *any)
{
    while (*text) {
        if (any && text == any) { /* which may be the same one */
            printf("ANY");
            break;
        }
        if (!strncmp(text, port, strlen(port)) && (text[strlen(port)] < '0' || text[strlen(port)] > '9')) {
            printf("PORT");
            text += strlen(port);
        } else if (*text >= 32 && *text < 127)
            putchar(*text++);
        else
            printf("\\x%02x", (unsigned char)*text++);
    }
}

static void outcome(const char *what, int rc)
{
    if (rc == -2)
        return;
    printf(" %s %s", what, rc == -1 ? error_name(zmq_errno()) : "done");
}

/* Where a port or a path begins that the system has chosen. */
static const char *chosen(const char *given, const char *got)
{
    const char *last = strrchr(given, ':'), *own = last ? strstr(last, port) : NULL;
    if (!strncmp(got, "tcp://", 6) && strcmp(given, got) && (!own || own[-1] == '-'))
        return strrchr(got, ':') + 1;
    if (!strncmp(got, "ipc://", 6) && given[6] == '*')
        return got + 6;
    return NULL;
}

/* The port may still be in use for a moment. */
static int bind_patiently(void *socket, const char *endpoint)
{
    long long end = now_ms() + PATIENCE;
    int rc;
    while ((rc = zmq_bind(socket, endpoint)) == -1 && zmq_errno() == EADDRINUSE && !strncmp(endpoint, "tcp", 3)
        && now_ms() < end)
        pause_ms(1);
    return rc;
}

static void judge(void *context, const char *text, int ipv6)
{
    struct endpoint e = filled(text), last;
    void *s = make(context, ZMQ_DEALER);
    set_int(s, ZMQ_IPV6, ipv6);
    putchar('"');
    show(text, NULL);
    printf("\":");
    /* 4.3.4 does not look up a name to bind to */
    int rc = strstr(text, "known") ? -2 : bind_patiently(s, e.text);
    outcome("bind", rc);
    if (rc == 0) {
        last = last_endpoint(s);
        printf(" as ");
        show(last.text, chosen(e.text, last.text));
        outcome("unbind", zmq_unbind(s, e.text));
        outcome("unbind that", zmq_unbind(s, last.text));
    }
    shut_now(s);
    s = make(context, ZMQ_DEALER);
    set_int(s, ZMQ_IPV6, ipv6);
    rc = zmq_connect(s, e.text);
    outcome("; connect", rc);
    if (rc == 0) {
        last = last_endpoint(s);
        if (strcmp(last.text, e.text)) {
            printf(" as ");
            show(last.text, NULL);
        }
        outcome("disconnect", zmq_disconnect(s, e.text));
    }
    /* not bound, and not connected to */
    MUST(zmq_connect(s, "tcp://127.0.0.1:1") == 0);
    outcome("; unbind", zmq_unbind(s, e.text));
    outcome("disconnect", zmq_disconnect(s, e.text));
    putchar('\n');
    shut_now(s);
}

int main(void)
{
    void *context = make_context();
    choose_port(context);
    answer("known.example", "127.0.0.1");
    for (int ipv6 = 0; ipv6 < 2; ipv6++) {
        title(ipv6 ? "with IPv6" : "without IPv6");
        for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
            judge(context, texts[i], ipv6);
    }
    finish(context);
    return 0;
}
