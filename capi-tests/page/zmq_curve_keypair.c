// differs: CURVE is not built yet, so that both calls answer ENOTSUP; Debian's libzmq has it
/* zmq_curve_keypair(3): ENOTSUP of a build without CURVE, which leaves the caller's
 * memory as it was; with it, two keys of 40 characters and a NUL, new ones each
 * time. */
#include "support.h"

int main(void)
{
    char public[41], secret[41], other[41], unused_one[41];
    memset(public, '?', sizeof public);
    memset(secret, '?', sizeof secret);
    if (TELL(zmq_curve_keypair(public, secret)) == -1) {
        MUST(!zmq_has("curve"));
        printf("untouched: %.41s %.41s\n", public, secret);
        return 0;
    }
    MUST(zmq_has("curve"));
    TELL(strlen(public));
    TELL(strlen(secret));
    TELL(zmq_curve_keypair(other, unused_one));
    TELL(strcmp(public, other) != 0 && strcmp(secret, unused_one) != 0);
    return 0;
}
