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
    return 0;
}
