/* zmq_z85_encode(3): the page's promises, its example key and RFC 32's text, and
 * a size that is not divisible by 4, which is refused with EINVAL although the
 * page names no errors. */
#include "support.h"

int main(void)
{
    static const uint8_t hello[8] = {0x86, 0x4F, 0xD2, 0x6F, 0xB5, 0x59, 0xF7, 0x5B};
    uint8_t all[256];
    char text[330];
    memset(text, '!', sizeof text);
    errno = 0;
    printf("%s\n", zmq_z85_encode(text, hello, sizeof hello));
    MUST(zmq_errno() == 0);
    MUST(zmq_z85_encode(text, hello, sizeof hello) == text);
    MUST(text[10] == 0 && text[11] == '!');
    for (int i = 0; i < 256; i++)
        all[i] = i;
    for (size_t size = 0; size <= 256; size += 4)
        MUST(strlen(zmq_z85_encode(text, all, size)) == size / 4 * 5);
    puts(text);
    uint8_t key[32];
    MUST(zmq_z85_decode(key, "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7") == key);
    puts(zmq_z85_encode(text, key, 32));
    title("EINVAL");
    TELL_PTR(zmq_z85_encode(text, hello, 1));
    TELL_PTR(zmq_z85_encode(text, hello, 7));
    TELL_PTR(zmq_z85_encode(NULL, NULL, 42)); /* what there is to encode does not matter */
    return 0;
}
