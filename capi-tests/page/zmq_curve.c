// differs: not built, and says so; the system's library has it
/* zmq_curve(7): no socket can be made a server or a client of CURVE, so none can
 * be thought to be encrypted that is not; zmq_has says the same. The page's keys
 * are good Z85, and the two forms of each are one. */
#include "secure.h"

static const char *const keys[][2] = {
    {"BB88471D65E2659B30C55A5321CEBB5AAB2B70A398645C26DCA2B2FCB43FC518",
     "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID"},
    {"7BB864B489AFA3671FBE69101F94B38972F24816DFB01B51656B3FEC8DFD0888",
     "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs"},
    {"54FCBA24E93249969316FB617C872BB0C1D1FF14800427C594CBFACF1BC2D652",
     "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"},
    {"8E0BDD697628B91D8F245587EE95C5B04D48963F79259877B49CD9063AEAD3B7",
     "JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6"},
};

int main(void)
{
    void *context = make_context(), *socket = make(context, ZMQ_DEALER);
    title("keys");
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        uint8_t bytes[32];
        char hex[65], text[41];
        MUST(zmq_z85_decode(bytes, keys[i][1]) == bytes);
        for (int j = 0; j < 32; j++)
            snprintf(hex + 2 * j, 3, "%02X", bytes[j]);
        MUST(!strcmp(hex, keys[i][0]));
        MUST(!strcmp(zmq_z85_encode(text, bytes, 32), keys[i][1]));
    }
    title("options");
    TELL(zmq_has("curve"));
    INT_OPTION(socket, ZMQ_CURVE_SERVER, 1);
    INT_OPTION(socket, ZMQ_CURVE_SERVER, 0);
    TEXT_OPTION(socket, ZMQ_CURVE_SERVERKEY, keys[2][1]);
    TEXT_OPTION(socket, ZMQ_CURVE_PUBLICKEY, keys[0][1]);
    TEXT_OPTION(socket, ZMQ_CURVE_SECRETKEY, keys[1][1]);
    still_plain(context, socket);
    shut(socket);
    finish(context);
    return 0;
}
