/* The messages of the interop programs: a head and one body, or three. What every
 * byte has to be follows from the number of the message. */
#ifndef INTEROP_BODY_H
#define INTEROP_BODY_H

#include "support.h"

struct head { uint32_t who, number, parts, zero; };

static UNUSED uint64_t mix(uint64_t x)
{
    x ^= x >> 33;
    x *= 0xff51afd7ed558ccdULL;
    x ^= x >> 33;
    x *= 0xc4ceb9fe1a85ec53ULL;
    return x ^ x >> 33;
}

/* Writes the body of a part, or compares with it; 1 if it is right. */
static UNUSED int body(unsigned char *data, size_t size, uint32_t number, uint32_t part, int compare)
{
    uint64_t seed = (uint64_t)number << 32 | part;
    for (size_t at = 0, word = 0; at < size; at += 8, word++) {
        uint64_t value = mix(seed + word * 0x9e3779b97f4a7c15ULL);
        size_t n = size - at < 8 ? size - at : 8;
        if (!compare)
            memcpy(data + at, &value, n);
        else if (memcmp(data + at, &value, n))
            return 0;
    }
    return 1;
}

static UNUSED uint32_t parts_of(uint32_t number) { return number % 4 == 0 ? 3 : 1; }

#endif
