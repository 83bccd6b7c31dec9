/* zmq_z85_decode(3): the page's promises and example. What is no Z85 is refused
 * with EINVAL, although the page names no errors: a length that is not divisible
 * by 5, characters that are none of it, and more than 32 bits. */
#include "support.h"

static void decode(const char *text)
{
    uint8_t room[40];
    memset(room, 0xEE, sizeof room);
    errno = 0;
    uint8_t *result = zmq_z85_decode(room, text);
    MUST(!result || result == room);
    printf("%s:", text);
    for (size_t i = 0; result && i < strlen(text) / 5 * 4; i++)
        printf(" %02x", room[i]);
    puts(result ? "" : error_name(zmq_errno()));
    MUST(room[strlen(text) / 5 * 4] == 0xEE);
}

/* Whatever the text: no more is written than four bytes for each five of it, and what is
 * decoded is encoded to the same text. */
static void arbitrary(void)
{
    static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";
    unsigned state = 85, decoded = 0, refused = 0, sum = 0;
    for (int round = 0; round < 20000; round++) {
        char text[64], back[64];
        uint8_t room[64];
        size_t size = 0, most = (size_t)round % 41;
        for (; size < most; size++) {
            state = state * 1103515245 + 12345;
            /* of the first digits only, or of all, or of all there are, NUL too */
            text[size] = round % 3 == 0 ? digits[(state >> 16) % 80] :
                round % 3 == 1 ? digits[(state >> 16) % 85] : (char)(state >> 16);
        }
        text[size] = 0;
        size = strlen(text);
        memset(room, 0xEE, sizeof room);
        uint8_t *result = zmq_z85_decode(room, text);
        for (size_t i = size * 4 / 5; i < sizeof room; i++)
            MUST(room[i] == 0xEE);
        if (!result) {
            refused++;
            continue;
        }
        decoded++;
        MUST(zmq_z85_encode(back, room, size / 5 * 4) && !strcmp(back, text));
        for (size_t i = 0; i < size / 5 * 4; i++)
            sum = sum * 31 + room[i];
    }
    printf("decoded %u, refused %u, sum %u\n", decoded, refused, sum);
}

int main(void)
{
    decode("rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7");
    decode("HelloWorld");
    decode("00000");
    decode("%nSc0");
    title("EINVAL");
    decode("%nSc1");
    decode("#####");
    decode("0000");
    decode("000000");
    decode("00 00");
    decode("00\"00");
    decode("0000\xC3");
    title("any text");
    arbitrary();
    return 0;
}
