package io.millrace.jmh.peers.driver;

/** How near vectors are; named as in hnswlib. */
public enum Space {
    /** Euclidean distance. */
    L2,
    /** Inner product, of rows and queries of length 1. */
    IP
}
