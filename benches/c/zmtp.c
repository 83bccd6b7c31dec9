/*
 * Raw ZMTP 3.0 clients for the benchmarks with many connections.
 */
