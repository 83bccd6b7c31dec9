/* A conversation whose connection is cut in mid-stream, again and again.
 *
 *   cut TRANSPORT TYPE TYPE CUTS LIBRARY LIBRARY
 *
 * Two processes, each with the library in the directory given, talk through this
 * one; the first binds, the second connects. PUSH, PUB, DEALER, ROUTER and PAIR send
 * as fast as they can; PULL, SUB, DEALER, ROUTER and PAIR receive; a REQ asks a REP, and
 * asks anew when it has had no answer for a while. This one forwards a random number of
 * bytes, then cuts: it ends both streams and waits until both sides have noticed,
 * or (one time in four) resets them. It reads what it forwards, and so knows
 * which messages have come through as a whole. Shown is that
 *
 * - what is received is whole, comes once, and in the order of its connection;
 * - of each stream that was ended all is received that came through, of one that
 *   was reset at least the first so many;
 * - what a socket that connects has lost at a cut is no more than the buffers of
 *   the kernel hold; one that binds may also lose what was queued for its peer;
 * - after the last cut nothing is lost at all.
 *
 * Not shown: what publishers lose, because they drop what is beyond the mark; answers
 * that come when a REQ has asked anew. A PAIR that still has its former peer when the next
 * one comes, or a ROUTER that still has one of that name, turns it away: such a
 * connection is reset once nothing moves on it. */
#include "interop/body.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>

#define MARK 50
#define BUFFER (32 << 10)      /* asked for from the kernel, for each end */
#define IN_KERNEL (1 << 20)    /* a bound for what all buffers hold, and one batch */
#define MOST (200 << 10)       /* bytes forwarded before a cut */
#define PATIENT 30000
#define NAME "side"            /* of both, where a ROUTER wants one */

static size_t size_of(uint32_t number)
{
    static const size_t sizes[] = {0, 1, 20, 100, 255, 256, 1000, 5, 8191, 8192, 30, 70000, 64, 3};
    return sizes[number % (sizeof sizes / sizeof *sizes)];
}

/* ------------------------------------------------------------------ a side */

static int has(const char *list, const char *type) { return strstr(list, type) != NULL; }

static int sends(const char *type) { return has("PUSH PUB DEALER ROUTER PAIR REQ REP", type); }
static int receives(const char *type) { return has("PULL SUB DEALER ROUTER PAIR REQ REP", type); }
static int turns_away(const char *type) { return has("ROUTER PAIR", type); }

static int type_number(const char *name)
{
    static const struct { const char *name; int type; } types[] = {{"PUSH", ZMQ_PUSH}, {"PULL", ZMQ_PULL},
        {"PUB", ZMQ_PUB}, {"SUB", ZMQ_SUB}, {"DEALER", ZMQ_DEALER}, {"ROUTER", ZMQ_ROUTER},
        {"PAIR", ZMQ_PAIR}, {"REQ", ZMQ_REQ}, {"REP", ZMQ_REP}};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (!strcmp(name, types[i].name))
            return types[i].type;
    MUST(!"a type is known");
    return -1;
}

/* Sends the next message if there is room; 1 if it was sent, 2 if its peer was lost
 * in the middle of it. */
static int send_next(void *socket, const char *type, uint32_t number)
{
    struct head head = {(uint32_t)getpid(), number, parts_of(number), 0};
    if (!strcmp(type, "ROUTER") && zmq_send(socket, NAME, strlen(NAME), ZMQ_SNDMORE | ZMQ_DONTWAIT) == -1) {
        MUST(zmq_errno() == EAGAIN || zmq_errno() == EHOSTUNREACH);
        pause_ms(1); /* it can be written to all the same */
        return 0;
    }
    if (zmq_send(socket, &head, sizeof head, ZMQ_SNDMORE | ZMQ_DONTWAIT) == -1) {
        MUST(zmq_errno() == EAGAIN);
        return 0;
    }
    for (uint32_t part = 0; part < head.parts; part++) {
        zmq_msg_t m;
        MUST(zmq_msg_init_size(&m, size_of(number)) == 0);
        body(zmq_msg_data(&m), zmq_msg_size(&m), number, part, 0);
        int rc = zmq_msg_send(&m, socket, ZMQ_DONTWAIT | (part + 1 < head.parts ? ZMQ_SNDMORE : 0));
        if (rc == -1) {
            MUST(zmq_errno() == EAGAIN && zmq_msg_close(&m) == 0);
            return 2;
        }
    }
    return 1;
}

/* Receives a message, checks every byte and tells its number. */
static int receive_next(void *socket, const char *type)
{
    struct head head;
    char name[8];
    int rc = 0;
    if (!strcmp(type, "ROUTER")) {
        rc = zmq_recv(socket, name, sizeof name, ZMQ_DONTWAIT);
        MUST(rc == -1 || (rc == (int)strlen(NAME) && !memcmp(name, NAME, rc)));
    }
    if (rc != -1)
        rc = zmq_recv(socket, &head, sizeof head, ZMQ_DONTWAIT);
    if (rc == -1) {
        MUST(zmq_errno() == EAGAIN);
        return 0;
    }
    MUST(rc == sizeof head && head.zero == 0 && head.parts == parts_of(head.number));
    for (uint32_t part = 0; part < head.parts; part++) {
        zmq_msg_t m;
        MUST(get_int(socket, ZMQ_RCVMORE) == 1);
        MUST(zmq_msg_init(&m) == 0 && zmq_msg_recv(&m, socket, ZMQ_DONTWAIT) >= 0);
        MUST(zmq_msg_size(&m) == size_of(head.number));
        MUST(body(zmq_msg_data(&m), zmq_msg_size(&m), head.number, part, 1));
        MUST(zmq_msg_close(&m) == 0);
    }
    MUST(get_int(socket, ZMQ_RCVMORE) == 0);
    printf("received %u\n", head.number);
    return 1;
}

static int input_has_ended(int timeout)
{
    struct pollfd item = {STDIN_FILENO, POLLIN, 0};
    return poll(&item, 1, timeout) == 1;
}

/* A REQ asks until its standard input has ended and it has had ten more answers. */
static void ask(void *socket)
{
    uint32_t number = 0;
    for (int left = -1; left;) {
        if (left < 0 && input_has_ended(0))
            left = 10;
        if (!send_next(socket, "REQ", number)) {
            pause_ms(1);
            continue;
        }
        number++;
        if (await(socket, ZMQ_POLLIN, 50) && receive_next(socket, "REQ") && left > 0)
            left--;
    }
    printf("sent %u\n", number);
    for (;;)
        pause();
}

/* A REP answers, each question with a number of its own. */
static void answer(void *socket)
{
    for (uint32_t number = 0;;) {
        if (!await(socket, ZMQ_POLLIN, 50) || !receive_next(socket, "REP"))
            continue;
        MUST(send_next(socket, "REP", number) == 1);
        number++;
        if (input_has_ended(0))
            printf("sent %u\n", number);
    }
}

/* Talks until it is ended; sends until its standard input has ended, and ten more. */
static void side(int binds, const char *type, const char *endpoint)
{
    void *context = make_context(), *socket = make(context, type_number(type));
    int left = sends(type) ? -1 : 0, told = 0, sent;
    uint32_t number = 0;
    set_int(socket, ZMQ_SNDHWM, MARK);
    set_int(socket, ZMQ_SNDBUF, BUFFER);
    set_int(socket, ZMQ_RCVBUF, BUFFER);
    set_int(socket, ZMQ_RECONNECT_IVL, 1);
    if (!strcmp(type, "SUB"))
        MUST(zmq_setsockopt(socket, ZMQ_SUBSCRIBE, "", 0) == 0);
    if (has("DEALER ROUTER", type))
        MUST(zmq_setsockopt(socket, ZMQ_ROUTING_ID, NAME, strlen(NAME)) == 0);
    if (!strcmp(type, "ROUTER"))
        set_int(socket, ZMQ_ROUTER_MANDATORY, 1);
    if (!strcmp(type, "REQ")) {
        set_int(socket, ZMQ_REQ_RELAXED, 1);
        set_int(socket, ZMQ_REQ_CORRELATE, 1);
    }
    MUST((binds ? zmq_bind : zmq_connect)(socket, endpoint) == 0);
    printf("endpoint %s\n", last_endpoint(socket).text);
    if (!strcmp(type, "REQ"))
        ask(socket);
    if (!strcmp(type, "REP"))
        answer(socket);
    for (;;) {
        zmq_pollitem_t items[2] = {{socket, 0, 0, 0}, {NULL, 0, ZMQ_POLLIN, 0}};
        items[0].events = (left ? ZMQ_POLLOUT : 0) | (receives(type) ? ZMQ_POLLIN : 0);
        MUST(zmq_poll(items, told ? 1 : 2, -1) >= 1);
        if (!told && items[1].revents) {
            told = 1;
            left = sends(type) ? 10 : 0;
        }
        for (int i = 0; i < 20 && left && items[0].revents & ZMQ_POLLOUT; i++) {
            if ((sent = send_next(socket, type, number)) == 0)
                break;
            number++;
            if (sent == 1 && left > 0 && --left == 0)
                printf("sent %u\n", number);
        }
        for (int i = 0; i < 100 && items[0].revents & ZMQ_POLLIN; i++)
            if (!receive_next(socket, type))
                break;
        if (left && !strcmp(type, "PUB"))
            pause_ms(1);
    }
}

struct child { pid_t pid; FILE *said; int input; pthread_t thread; };

static struct child start(const char *self, const char *library, const char *how, const char *type,
                          const char *endpoint)
{
    int in[2], out[2];
    struct child c = {0};
    MUST(pipe2(in, O_CLOEXEC) == 0 && pipe2(out, O_CLOEXEC) == 0);
    c.pid = fork();
    MUST(c.pid >= 0);
    if (c.pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        setenv("LD_LIBRARY_PATH", library, 1);
        dup2(in[0], 0);
        dup2(out[1], 1);
        execl(self, self, how, type, endpoint, (char *)NULL);
        _exit(4);
    }
    close(in[0]);
    close(out[1]);
    c.input = in[1];
    c.said = fdopen(out[0], "r");
    return c;
}

/* ------------------------------------------------- what has come through */

struct book {
    pthread_mutex_t lock;
    uint32_t room, next;   /* one more than the last number that came through */
    uint32_t *stream;      /* by which connection, from 1 on; 0 for none */
    char *received;
    uint32_t *last;        /* by connection, one more than the last number received */
    uint64_t *dropped;     /* by connection, bytes that came after it was cut */
    uint32_t count, received_count, sent;
    int lossy;             /* not all that comes through is received */
};

static struct book books[2] = {{.lock = PTHREAD_MUTEX_INITIALIZER}, {.lock = PTHREAD_MUTEX_INITIALIZER}};

/* A message has come through as a whole. */
static void came_through(struct book *b, uint32_t number, uint32_t stream)
{
    pthread_mutex_lock(&b->lock);
    if (number >= b->room) {
        uint32_t room = number * 2 + 1024;
        b->stream = realloc(b->stream, room * sizeof *b->stream);
        b->received = realloc(b->received, room);
        MUST(b->stream && b->received);
        memset(b->stream + b->room, 0, (room - b->room) * sizeof *b->stream);
        memset(b->received + b->room, 0, room - b->room);
        b->room = room;
    }
    MUST(number >= b->next); /* never again, never out of order */
    b->stream[number] = stream;
    b->next = number + 1;
    b->count++;
    pthread_mutex_unlock(&b->lock);
}

static void was_received(struct book *b, uint32_t number)
{
    pthread_mutex_lock(&b->lock);
    MUST(number < b->next && b->stream[number] != 0);
    MUST(!b->received[number]);
    MUST(number >= b->last[b->stream[number]]);
    b->last[b->stream[number]] = number + 1;
    b->received[number] = 1;
    b->received_count++;
    pthread_mutex_unlock(&b->lock);
}

struct listener { struct child *child; struct book *sends, *receives; };

/* Hears what a side says. */
static void *listen_to_side(void *argument)
{
    struct listener *l = argument;
    char line[512];
    unsigned number;
    while (fgets(line, sizeof line, l->child->said)) {
        if (sscanf(line, "received %u", &number) == 1)
            was_received(l->receives, number);
        else if (sscanf(line, "sent %u", &number) == 1) {
            pthread_mutex_lock(&l->sends->lock);
            l->sends->sent = number;
            pthread_mutex_unlock(&l->sends->lock);
        } else {
            printf("a side says: %s", line);
            exit(1);
        }
    }
    return NULL;
}

/* ------------------------------------------------------------- forwarding */

/* One way of a connection: the frames in it. */
struct way {
    int from, to;
    struct book *book; /* NULL if nobody sends that way */
    uint32_t stream;
    size_t greeting;   /* bytes of it that are still to come */
    unsigned char header[9];
    size_t have;       /* bytes of the header */
    uint64_t body, at; /* bytes of the body that are still to come; gone by */
    struct head head;
    int inside;        /* a message has begun */
    int enveloped;     /* its head comes behind an empty frame */
    int envelope;      /* which has not come yet */
    uint64_t forwarded;
};

static size_t header_size(const struct way *w) { return w->header[0] & 2 ? 9 : 2; }

static void frame_is_whole(struct way *w)
{
    int command = w->header[0] & 4, more = w->header[0] & 1;
    if (!command && w->book && w->envelope) {
        MUST(more && w->at <= 4);
        w->envelope = w->at != 0;
    } else if (!command && w->book) {
        if (!w->inside)
            MUST(w->at == sizeof w->head);
        w->inside = more;
        w->envelope = !more && w->enveloped;
        if (!more)
            came_through(w->book, w->head.number, w->stream);
    }
    w->have = 0;
}

/* Looks at bytes that are forwarded. */
static void look(struct way *w, const unsigned char *bytes, size_t size)
{
    while (size) {
        size_t n = 1;
        if (w->greeting) {
            n = size < w->greeting ? size : w->greeting;
            w->greeting -= n;
        } else if (w->have == 0 || w->have < header_size(w)) {
            w->header[w->have++] = *bytes;
            if (w->have == header_size(w)) {
                w->at = w->body = 0;
                for (size_t i = 1; i < w->have; i++)
                    w->body = w->body << 8 | w->header[i];
                if (w->body == 0)
                    frame_is_whole(w);
            }
        } else {
            n = size < w->body ? size : w->body;
            if (!w->inside && !(w->header[0] & 4))
                for (size_t i = 0; i < n && w->at + i < sizeof w->head; i++)
                    ((unsigned char *)&w->head)[w->at + i] = bytes[i];
            w->at += n;
            w->body -= n;
            if (w->body == 0)
                frame_is_whole(w);
        }
        bytes += n;
        size -= n;
    }
}

static int is_tcp;
/* An address of this machine that no other program connects to by mistake. */
static char host[32];

static int stream_socket(void)
{
    int fd = socket(is_tcp ? AF_INET : AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), size = BUFFER, at_once = 1;
    MUST(fd >= 0);
    MUST(!is_tcp || setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof at_once) == 0);
    MUST(setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size) == 0);
    MUST(setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size) == 0);
    return fd;
}

union address { struct sockaddr any; struct sockaddr_in in; struct sockaddr_un un; };

static socklen_t address_of(const char *endpoint, union address *a)
{
    memset(a, 0, sizeof *a);
    if (is_tcp) {
        a->in.sin_family = AF_INET;
        a->in.sin_port = htons(atoi(strrchr(endpoint, ':') + 1));
        a->in.sin_addr.s_addr = inet_addr(host);
        return sizeof a->in;
    }
    a->un.sun_family = AF_UNIX;
    snprintf(a->un.sun_path, sizeof a->un.sun_path, "%.100s", endpoint + 6);
    return sizeof a->un;
}

static int listen_somewhere(char *endpoint, size_t room)
{
    union address a;
    socklen_t size = address_of(is_tcp ? ":0" : "ipc://between", &a);
    int fd = stream_socket();
    MUST(bind(fd, &a.any, size) == 0 && listen(fd, 10) == 0);
    snprintf(endpoint, room, "ipc://between");
    if (is_tcp) {
        MUST(getsockname(fd, &a.any, &size) == 0);
        snprintf(endpoint, room, "tcp://%s:%d", host, ntohs(a.in.sin_port));
    }
    return fd;
}

/* Forwards what has come; 0 if the stream has ended. */
static int forward_some(struct way *w, uint64_t limit)
{
    unsigned char bytes[16 << 10];
    uint64_t most = limit - w->forwarded < sizeof bytes ? limit - w->forwarded : sizeof bytes;
    ssize_t got = recv(w->from, bytes, most, 0);
    if (got <= 0)
        return 0;
    look(w, bytes, got);
    w->forwarded += got;
    for (ssize_t sent = 0; sent < got;) {
        ssize_t n = send(w->to, bytes + sent, got - sent, MSG_NOSIGNAL);
        if (n <= 0)
            return 0;
        sent += n;
    }
    return 1;
}

static char *was_reset; /* by connection */

/* Whether all that came through has been received, but for streams that were reset. */
static int all_received(struct book *b)
{
    int all = 1;
    pthread_mutex_lock(&b->lock);
    for (uint32_t i = 0; i < b->next; i++)
        all = all && (b->received[i] || b->lossy || !b->stream[i] || was_reset[b->stream[i]]);
    pthread_mutex_unlock(&b->lock);
    return all;
}

/* Whether a way has brought what it is to bring: without `last` any message at all,
 * otherwise the sender's last one. A publisher may have dropped that. */
static int has_come(struct way *w, int last, int publishes)
{
    struct book *b = w->book;
    if (!b)
        return 1;
    pthread_mutex_lock(&b->lock);
    int come = last ? b->sent && (publishes || b->next == b->sent)
                    : b->next && b->stream[b->next - 1] == w->stream;
    pthread_mutex_unlock(&b->lock);
    return come && (!last || all_received(b));
}

/* Forwards both ways until so many bytes have gone the first way; without a limit
 * until messages have come both ways, or the last ones. 0 if `picky` ones do not go on
 * with it: they hang up, or nothing moves for a second. */
static int forward(struct way ways[2], uint64_t limit, int last, int publishes, int picky)
{
    long long end = now_ms() + PATIENT, moved = now_ms();
    while (!limit || ways[0].forwarded < limit) {
        struct pollfd items[2] = {{ways[0].from, POLLIN, 0}, {ways[1].from, POLLIN, 0}};
        int some = poll(items, 2, 20), open = 1;
        if (some > 0)
            moved = now_ms();
        if (picky && !last && now_ms() - moved > 1000)
            return 0;
        if (some < 0 || now_ms() >= end) {
            for (int i = 0; i < 2; i++)
                printf("stuck, way %d of stream %u: %llu bytes of %llu, messages up to %u of %u, all received: %d\n", i,
                       ways[i].stream, (unsigned long long)ways[i].forwarded, (unsigned long long)limit,
                       ways[i].book ? ways[i].book->next : 0, ways[i].book ? ways[i].book->sent : 0,
                       ways[i].book ? all_received(ways[i].book) : 1);
            exit(1);
        }
        for (int i = 0; i < 2; i++)
            if (items[i].revents)
                open = open && forward_some(&ways[i], limit && i == 0 ? limit : ways[i].forwarded + (1 << 20));
        if (!open) {
            MUST(picky); /* nobody else hangs up but us */
            return 0;
        }
        if (!limit && (!last || !some) && has_come(&ways[0], last, publishes) && has_come(&ways[1], last, publishes))
            return 1;
    }
    /* Only who has been heard is known not to have been turned away. */
    return !picky || (has_come(&ways[0], 0, 0) && has_come(&ways[1], 0, 0));
}

/* Ends both streams and waits until both sides have noticed. What they still say
 * is dropped, and counted. */
static void end_streams(struct way ways[2])
{
    struct pollfd items[2] = {{ways[0].from, POLLIN, 0}, {ways[1].from, POLLIN, 0}};
    for (int i = 0; i < 2; i++)
        MUST(shutdown(items[i].fd, SHUT_WR) == 0 || errno == ENOTCONN);
    while (items[0].fd >= 0 || items[1].fd >= 0) {
        MUST(poll(items, 2, PATIENT) >= 1);
        for (int i = 0; i < 2; i++) {
            char bytes[4096];
            ssize_t got = items[i].revents ? recv(items[i].fd, bytes, sizeof bytes, 0) : 1;
            if (got <= 0) {
                close(items[i].fd);
                items[i].fd = -1;
            } else if (items[i].revents && ways[i].book)
                ways[i].book->dropped[ways[i].stream] += got;
        }
    }
}

static void reset(int fd)
{
    struct linger none = {1, 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof none);
    close(fd);
}

/* What was received of each connection: all, or the first so many of one that was
 * reset; and how much was lost between them. */
static void balance(struct book *b, int sender_binds, int publishes)
{
    uint64_t lost = 0, most = IN_KERNEL + (sender_binds ? MARK * 70016 : 0);
    uint32_t missing_in = 0, before = 0;
    for (uint32_t i = 0; i < b->next; i++) {
        if (!b->stream[i]) {
            lost += parts_of(i) * size_of(i) + sizeof(struct head);
            continue;
        }
        uint64_t dropped = 0;
        for (; before < b->stream[i]; before++)
            dropped += b->dropped[before] + IN_KERNEL; /* some are cut before any message */
        MUST(publishes || lost <= most + dropped);
        lost = 0;
        if (!b->received[i] && !b->lossy) {
            MUST(was_reset[b->stream[i]]);
            missing_in = b->stream[i];
        } else
            MUST(b->lossy || b->stream[i] != missing_in);
    }
    printf("%u came through, %u received\n", b->count, b->received_count);
}

int main(int argc, char **argv)
{
    if (argc == 4)
        side(!strcmp(argv[1], "bind"), argv[2], argv[3]);
    MUST(argc == 7);
    const char *types[2] = {argv[2], argv[3]};
    uint32_t cuts = atoi(argv[4]);
    char between[128], line[256], self[512];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    MUST(length > 0);
    self[length] = 0;
    is_tcp = !strcmp(argv[1], "tcp");
    srand(cuts);
    snprintf(host, sizeof host, "127.%d.%d.9", 1 + getpid() / 256 % 250, getpid() % 256);
    int listener = listen_somewhere(between, sizeof between);
    snprintf(line, sizeof line, is_tcp ? "tcp://%s:*" : "ipc://binder", host);
    struct child first = start(self, argv[5], "bind", types[0], line);
    MUST(fgets(line, sizeof line, first.said) && !strncmp(line, "endpoint ", 9));
    line[strcspn(line, "\n")] = 0;
    union address binder;
    socklen_t binder_size = address_of(line + 9, &binder);
    struct child second = start(self, argv[6], "connect", types[1], between);
    MUST(fgets(line, sizeof line, second.said) && !strncmp(line, "endpoint ", 9));

    /* book 0 is of what the first side sends, book 1 of what the second sends */
    uint32_t streams = 2 * cuts + 20, done = 0; /* with those that are turned away */
    was_reset = calloc(streams + 1, 1);
    for (int i = 0; i < 2; i++) {
        books[i].last = calloc(streams + 1, sizeof(uint32_t));
        books[i].dropped = calloc(streams + 1, sizeof(uint64_t));
        books[i].lossy = !strcmp(types[1 - i], "REQ");
    }
    struct listener ears[2] = {{&first, &books[0], &books[1]}, {&second, &books[1], &books[0]}};
    MUST(pthread_create(&first.thread, NULL, listen_to_side, &ears[0]) == 0);
    MUST(pthread_create(&second.thread, NULL, listen_to_side, &ears[1]) == 0);

    int publishes = !strcmp(types[0], "PUB") || !strcmp(types[1], "PUB");
    int asks = has("REQ REP", types[0]);
    int picky = turns_away(types[0]);
    for (uint32_t stream = 1; stream <= streams; stream++) {
        struct pollfd item = {listener, POLLIN, 0};
        MUST(poll(&item, 1, PATIENT) == 1);
        int to_second = accept4(listener, NULL, NULL, SOCK_CLOEXEC), to_first = stream_socket();
        if (picky)
            pause_ms(20); /* or most would be turned away */
        MUST(to_second >= 0 && connect(to_first, &binder.any, binder_size) == 0);
        struct timeval most = {picky ? 1 : PATIENT / 1000, 0}; /* who is turned away may not be read from */
        MUST(setsockopt(to_first, SOL_SOCKET, SO_SNDTIMEO, &most, sizeof most) == 0);
        MUST(setsockopt(to_second, SOL_SOCKET, SO_SNDTIMEO, &most, sizeof most) == 0);
        struct way ways[2] = {
            {.from = to_first, .to = to_second, .stream = stream, .greeting = 64, .enveloped = asks, .envelope = asks,
             .book = sends(types[0]) ? &books[0] : NULL},
            {.from = to_second, .to = to_first, .stream = stream, .greeting = 64, .enveloped = asks, .envelope = asks,
             .book = sends(types[1]) ? &books[1] : NULL}};
        /* the bytes are counted on a way that messages go */
        if (!ways[0].book || (ways[1].book && rand() % 2)) {
            struct way other = ways[0];
            ways[0] = ways[1];
            ways[1] = other;
        }
        int last = done == cuts;
        /* one in eight is cut before any message */
        uint64_t limit = last ? 0 : 1 + rand() % (rand() % 8 ? MOST : 100);
        int taken = forward(ways, limit, 0, publishes, picky);
        if (taken && last) {
            close(first.input);
            close(second.input);
            forward(ways, 0, 1, publishes, 0);
            done++;
            break;
        }
        done += !last;
        was_reset[stream] = !taken || rand() % 4 == 0;
        if (was_reset[stream]) {
            reset(to_first);
            reset(to_second);
        } else {
            end_streams(ways);
        }
    }
    MUST(done == cuts + 1);
    kill(first.pid, SIGKILL);
    kill(second.pid, SIGKILL);
    MUST(pthread_join(first.thread, NULL) == 0 && pthread_join(second.thread, NULL) == 0);
    for (int i = 0; i < 2; i++)
        if (sends(types[i]))
            balance(&books[i], i == 0, publishes);
    return 0;
}
