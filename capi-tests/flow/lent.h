/* Messages whose bytes are gone once zmq_send has returned, and who checks what arrives.
 *
 * Every message begins with its number; its other bytes follow from that. The sender's
 * memory is unmapped after the call, or overwritten: whoever reads it later crashes, gets
 * an error from the kernel, or passes on bytes that are wrong. */
#ifndef LENT_H
#define LENT_H

#include <sys/mman.h>
#include "support.h"

/* Around 8 KiB a body is kept by reference, from 32 KiB on it is written from where it
 * lies, from 256 KiB on it is left to an I/O thread. */
static const size_t SIZES[] = {
    32768, 32767, 40000, 8, 65536, 8191, 100000, 8192, 131072, 200000, 9, 262143, 262144,
    32769, 300, 131071, 8193, 65535, 262145, 50000, 512, 36864, 600, 98304, 33333, 33000,
};
#define KINDS (sizeof SIZES / sizeof *SIZES)
#define LARGEST 262145

static UNUSED size_t size_of(uint64_t number)
{
    return SIZES[number % KINDS];
}

static UNUSED void fill(unsigned char *bytes, size_t size, uint64_t number)
{
    uint64_t word = number;
    for (size_t at = 0; at < size; at += sizeof word) {
        size_t part = size - at < sizeof word ? size - at : sizeof word;
        memcpy(bytes + at, &word, part);
        word = (word ^ at) * 0x9e3779b97f4a7c15u + number;
    }
}

/* Whether these are the bytes of the message with this number. */
static UNUSED int is_whole(const unsigned char *bytes, size_t size, uint64_t number)
{
    uint64_t word = number;
    if (size != size_of(number))
        return 0;
    for (size_t at = 0; at < size; at += sizeof word) {
        size_t part = size - at < sizeof word ? size - at : sizeof word;
        if (memcmp(bytes + at, &word, part) != 0)
            return 0;
        word = (word ^ at) * 0x9e3779b97f4a7c15u + number;
    }
    return 1;
}

/* The number of a message that has all of its bytes; -1 if some are wrong. */
static UNUSED int64_t number_of(const unsigned char *bytes, size_t size)
{
    uint64_t number;
    if (size < sizeof number)
        return -1;
    memcpy(&number, bytes, sizeof number);
    return is_whole(bytes, size, number) ? (int64_t)number : -1;
}

/* Sends a message from memory that is gone afterwards, or holds something else. */
static UNUSED int send_gone(void *socket, uint64_t number, int flags)
{
    static __thread unsigned char kept[LARGEST];
    size_t size = size_of(number);
    int unmap = number % 3 != 0, rc, error;
    unsigned char *bytes = kept;
    if (unmap) {
        bytes = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        MUST(bytes != MAP_FAILED);
    }
    fill(bytes, size, number);
    rc = zmq_send(socket, bytes, size, flags);
    error = zmq_errno();
    if (unmap)
        MUST(munmap(bytes, size) == 0);
    else
        memset(bytes, 0xee, size);
    MUST(rc == -1 || (size_t)rc == size);
    errno = error;
    return rc;
}

/* The same, again if there is no room or a signal came. */
static UNUSED void send_surely(void *socket, uint64_t number, int flags)
{
    long long end = now_ms() + 3 * PATIENCE;
    while (send_gone(socket, number, flags) == -1) {
        MUST((zmq_errno() == EAGAIN || zmq_errno() == EINTR) && now_ms() < end);
        if (zmq_errno() == EAGAIN && (flags & ZMQ_DONTWAIT))
            await(socket, ZMQ_POLLOUT, 20);
    }
}

/* Receives a frame; its number, -1 if it is torn, -2 if there is none. */
static UNUSED int64_t hear_number(void *socket, int flags)
{
    static __thread unsigned char bytes[LARGEST + 1];
    int size = zmq_recv(socket, bytes, sizeof bytes, flags);
    return size == -1 ? -2 : number_of(bytes, (size_t)size);
}

/* Fills a body with one value that follows from its number, which is in front. */
static UNUSED void paint(unsigned char *body, size_t size, uint64_t number)
{
    memset(body, (int)(number * 37 + 11) & 0xff, size);
    memcpy(body, &number, sizeof number);
}

/* The number of such a body; -1 if some bytes are another's. */
static UNUSED int64_t painted(const unsigned char *body, size_t size)
{
    uint64_t number;
    if (size < sizeof number)
        return -1;
    memcpy(&number, body, sizeof number);
    if (size > sizeof number
        && (body[8] != ((number * 37 + 11) & 0xff) || memcmp(body + 8, body + 9, size - 9)))
        return -1;
    return (int64_t)number;
}

static UNUSED pthread_t start(void *(*run)(void *), void *argument)
{
    pthread_t thread;
    MUST(pthread_create(&thread, NULL, run, argument) == 0);
    return thread;
}

static UNUSED void stop(pthread_t thread)
{
    MUST(pthread_join(thread, NULL) == 0);
}

static UNUSED void stop_all(pthread_t *thread, int count)
{
    for (int i = 0; i < count; i++)
        stop(thread[i]);
}

#endif
