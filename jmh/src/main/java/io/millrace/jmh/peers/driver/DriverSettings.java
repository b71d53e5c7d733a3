package io.millrace.jmh.peers.driver;

import java.nio.file.Path;
import java.util.List;

/**
 * How a driver builds and measures.
 *
 * @param work folder of its own.
 * @param space how near vectors are.
 * @param k neighbours asked for.
 * @param ef efforts to measure, each at least k.
 * @param threads threads of the build.
 * @param leastSeconds how long each effort is measured at least; all queries are run at least once.
 */
record DriverSettings(
        Path work, Space space, int k, List<Integer> ef, int threads, double leastSeconds) {
    /** Rows are linked to so many on each upper level, and to twice as many on the lowest. */
    static final int MAX_CONNECTIONS = 16;

    /** Candidates looked at for the links of a row. */
    static final int EF_CONSTRUCTION = 200;
}
