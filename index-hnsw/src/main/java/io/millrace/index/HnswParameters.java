package io.millrace.index;

import io.millrace.core.error.MillraceException;
import io.millrace.core.simd.CodeKernels;
import io.millrace.index.graph.NodeLayout;
import io.millrace.index.graph.RowLayout;
import io.millrace.index.graph.RowType;

/**
 * How a graph is built.
 *
 * @param metric how alike vectors are.
 * @param maxConnections links of a node on each upper level; twice as many on level 0.
 * @param efConstruction how many candidates are looked at for the links of a node.
 * @param seed decides levels and order of insertion.
 * @param threads how many threads build; the graph does not depend on it.
 * @param layout what searches read.
 * @param codeBits bits per dimension of the codes of an INLINED layout.
 * @param rowType how the numbers of rows are kept.
 */
public record HnswParameters(
        Metric metric,
        int maxConnections,
        int efConstruction,
        long seed,
        int threads,
        GraphLayout layout,
        int codeBits,
        RowType rowType) {
    private static final int LARGEST_MAX_CONNECTIONS = 128;
    private static final int LARGEST_EF_CONSTRUCTION = 4096;
    private static final int LARGEST_THREADS = 1024;

    /** Refuses what cannot be built. */
    public HnswParameters {
        check("maxConnections", maxConnections, 2, LARGEST_MAX_CONNECTIONS);
        check("efConstruction", efConstruction, maxConnections, LARGEST_EF_CONSTRUCTION);
        check("threads", threads, 1, LARGEST_THREADS);
        check("codeBits", codeBits, 1, CodeKernels.LARGEST_BITS);
    }

    /**
     * 16 connections, 200 candidates, seed 1, a thread per processor, plain rows of float32; codes,
     * where the layout has them, of one bit.
     *
     * @param metric how alike vectors are.
     * @return the parameters.
     */
    public static HnswParameters defaults(Metric metric) {
        return new HnswParameters(
                metric,
                16,
                200,
                1,
                Runtime.getRuntime().availableProcessors(),
                GraphLayout.F32,
                1,
                RowType.F32);
    }

    /**
     * The same with another metric.
     *
     * @param value how alike vectors are.
     * @return a copy.
     */
    public HnswParameters withMetric(Metric value) {
        return new HnswParameters(
                value, maxConnections, efConstruction, seed, threads, layout, codeBits, rowType);
    }

    /**
     * The same with another number of connections.
     *
     * @param value links of a node on each upper level.
     * @return a copy.
     */
    public HnswParameters withMaxConnections(int value) {
        return new HnswParameters(
                metric, value, efConstruction, seed, threads, layout, codeBits, rowType);
    }

    /**
     * The same with another number of candidates.
     *
     * @param value how many candidates are looked at.
     * @return a copy.
     */
    public HnswParameters withEfConstruction(int value) {
        return new HnswParameters(
                metric, maxConnections, value, seed, threads, layout, codeBits, rowType);
    }

    /**
     * The same with another seed.
     *
     * @param value any value.
     * @return a copy.
     */
    public HnswParameters withSeed(long value) {
        return new HnswParameters(
                metric, maxConnections, efConstruction, value, threads, layout, codeBits, rowType);
    }

    /**
     * The same with another number of threads.
     *
     * @param value how many threads build.
     * @return a copy.
     */
    public HnswParameters withThreads(int value) {
        return new HnswParameters(
                metric, maxConnections, efConstruction, seed, value, layout, codeBits, rowType);
    }

    /**
     * The same with another layout.
     *
     * @param value what searches read.
     * @return a copy.
     */
    public HnswParameters withLayout(GraphLayout value) {
        return new HnswParameters(
                metric, maxConnections, efConstruction, seed, threads, value, codeBits, rowType);
    }

    /**
     * The same with another number of bits.
     *
     * @param value bits per dimension of the codes.
     * @return a copy.
     */
    public HnswParameters withCodeBits(int value) {
        return new HnswParameters(
                metric, maxConnections, efConstruction, seed, threads, layout, value, rowType);
    }

    /**
     * The same with rows of another type.
     *
     * @param value how the numbers of rows are kept.
     * @return a copy.
     */
    public HnswParameters withRowType(RowType value) {
        return new HnswParameters(
                metric, maxConnections, efConstruction, seed, threads, layout, codeBits, value);
    }

    /**
     * Layout of the records of such a graph.
     *
     * @param form how rows are stored.
     * @return the layout.
     */
    NodeLayout nodeLayout(StoredForm form) {
        return new NodeLayout(
                new RowLayout(form.storedDimension(), rowType, form.lift()),
                maxConnections,
                layout == GraphLayout.INLINED ? codeBits : 0);
    }

    private static void check(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw MillraceException.usage(
                    "graph cannot be built so: %s=%d, least=%d, most=%d; change %s",
                    name, value, least, most, name);
        }
    }
}
