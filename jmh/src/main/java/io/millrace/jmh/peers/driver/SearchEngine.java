package io.millrace.jmh.peers.driver;

import java.io.IOException;

/**
 * An index of one engine, built, with the queries in the form it takes them.
 *
 * <p>Threading: one thread.
 */
interface SearchEngine extends AutoCloseable {
    /** What it computes distances with. */
    String kernels();

    /** Memory of rows and links, or size of the files that hold them; 0 where not known. */
    double bytesPerVector();

    /** From now on searches keep that many candidates. */
    void setEffort(int ef);

    /**
     * Searches for the nearest of a query.
     *
     * @param query index of the query.
     * @param ordinals where the ordinals of the rows go, nearest first.
     * @param index index of the first of them.
     * @return how many were found, at most k.
     */
    int searchInto(int query, int[] ordinals, int index) throws IOException;

    @Override
    void close() throws IOException;
}
