/*
 * A busy thread, to measure beside: uses one processor until it is ended, at the
 * latest after limit=SECONDS, or when the program that started it is gone.
 * Option pin=PROCESSOR.
 */
#include "bench.h"

static void burn(struct side *side)
{
    (void) side;
    for (volatile unsigned n = 0;; n++)
        ;
}

int main(int argc, char **argv)
{
    (void) argc;
    read_options(argv);
    return run_sides(burn, 0);
}
