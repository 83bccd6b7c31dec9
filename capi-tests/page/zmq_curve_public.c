// differs: CURVE is not built yet, so that both calls answer ENOTSUP; Debian's libzmq has it
/* zmq_curve_public(3): ENOTSUP of a build without CURVE, which leaves the caller's
 * memory as it was; with it, the public key to a secret one, by the page's own
 * example. */
#include "support.h"

int main(void)
{
    char public[41], secret[41], derived[41];
    memset(derived, '?', sizeof derived);
    memset(secret, '0', 40);
    secret[40] = 0;
    if (TELL(zmq_curve_public(derived, secret)) == -1) {
        MUST(!zmq_has("curve"));
        printf("untouched: %.41s\n", derived);
        return 0;
    }
    MUST(zmq_has("curve"));
    TELL(zmq_curve_keypair(public, secret));
    TELL(zmq_curve_public(derived, secret));
    TELL(strcmp(public, derived));
    return 0;
}
