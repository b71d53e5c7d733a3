package io.millrace.jmh.peers.driver;

import java.util.Locale;

/** What is compared. */
public enum Engine {
    /** This project's index, layout {@code inlined}. */
    MILLRACE,
    /** hnswlib in C++, through our own driver. */
    HNSWLIB,
    /** Apache Lucene's vector search. */
    LUCENE,
    /** JVector's graph index in memory. */
    JVECTOR;

    /**
     * The name as users write it.
     *
     * @return in lower case.
     */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
