package io.millrace.index.graph;

import io.millrace.core.HotPath;
import io.millrace.core.simd.CodeKernels;
import io.millrace.core.simd.Kernels;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Codes of a node's neighbours inside its own record, so that one visit tells how far all of them
 * are without touching their rows (Gou et al.: SymphonyQG, SIGMOD 2025, section 3; the code and its
 * estimator are RaBitQ's). Rows and queries are rotated ({@link Rotation}), so that every number of
 * a difference says about as much as any other. For a node u, its neighbour v and a query q:
 *
 * <pre>
 *   |q-v|² = |q-u|² + |v-u|² - 2 &lt;q-u, v-u&gt;
 *   c      = values of the code of v-u                      e = &lt;v-u, c&gt; / |v-u|²
 *   &lt;q-u, v-u&gt; ≈ (&lt;q, c&gt; - &lt;u, c&gt;) / e
 *
 *   base   = |v-u|² + 2 &lt;u, c&gt; / e       factor = -2 / e         kept with each code
 *   |q-v|² ≈ |q-u|² + base + factor &lt;q, c&gt;
 * </pre>
 *
 * <p>q is cut to {@link CodeKernels#PLANES} bits, v-u to {@link NodeLayout#codeBits}.
 *
 * <p>Threading: immutable; encoding and preparing use what the caller brings.
 */
final class NeighbourCodes {
    /** Memory of one query for estimates that are made by one thread. */
    static final class Query {
        private final int[] planes;
        private final float[] estimates;
        private float scale;
        private float shift;

        Query(NodeLayout layout) {
            planes = new int[layout.words() * CodeKernels.PLANES];
            estimates = new float[CodeKernels.LARGEST_BLOCK];
        }

        /** What the last {@link #below} estimated for a slot of its block. */
        float estimate(int slot) {
            return estimates[slot];
        }
    }

    private static final CodeKernels KERNELS = Kernels.code();
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** The largest whole number of a query; the kernels take its negative, too. */
    private static final int LARGEST_NUMBER = (1 << (CodeKernels.PLANES - 1)) - 1;

    private final NodeLayout layout;
    private final MemorySegment records;
    private final int dimension;
    private final int words;
    private final int bits;
    private final long stride;
    private final long basesOffset;
    private final long factorsOffset;
    private final long codesOffset;

    NeighbourCodes(NodeLayout layout, MemorySegment records) {
        this.layout = layout;
        this.records = records;
        dimension = layout.dimension();
        words = layout.words();
        bits = layout.codeBits();
        stride = layout.strideBytes();
        basesOffset = layout.basesOffset();
        factorsOffset = layout.factorsOffset();
        codesOffset = layout.codesOffset();
    }

    /** Prepares a query, once for all nodes. */
    @HotPath
    void prepare(float[] query, Query target) {
        float largest = 0;
        for (int i = 0; i < dimension; i++) {
            largest = Math.max(largest, Math.abs(query[i]));
        }
        float step = largest / LARGEST_NUMBER;
        float inverse = LARGEST_NUMBER / largest;
        // Of a query of zeros, or of numbers too small to be divided by, nothing is left.
        int sum =
                KERNELS.planes(query, Float.isFinite(inverse) ? inverse : 0, words, target.planes);
        target.scale = step;
        target.shift = -step * sum * middle();
    }

    /**
     * Estimates squared distances of a query and a block of a node's neighbours.
     *
     * @param node the node.
     * @param from the first slot, a multiple of {@link CodeKernels#LARGEST_BLOCK}.
     * @param slots how many slots.
     * @param own squared distance of the query and the node.
     * @param bound only nearer ones are of interest.
     * @param query the query; holds the estimates afterwards.
     * @return which slots of the block are nearer, a bit each.
     */
    @HotPath
    long below(int node, int from, int slots, float own, float bound, Query query) {
        long record = node * stride;
        long place = (long) from * Float.BYTES;
        return KERNELS.estimates(
                records,
                record + codesOffset + from / CodeKernels.GROUP * layout.groupBytes(),
                record + basesOffset + place,
                record + factorsOffset + place,
                words,
                bits,
                slots / CodeKernels.GROUP,
                query.planes,
                query.scale,
                query.shift,
                own,
                bound,
                query.estimates);
    }

    private float middle() {
        return ((1 << bits) - 1) / 2f;
    }

    /** Writes the codes of nodes; for one thread. */
    final class Encoder {
        /**
         * How many levels a unit gets is tried out: first so few that all levels together span
         * nearly eight times the root mean square of a difference, in the end so many that they
         * span one and a half times. Short numbers, which are the most, are then told apart, and
         * the longest are cut.
         */
        private static final int TRIES = 12;

        private static final float FIRST_TRY = 0.8f;
        private static final float NEXT_TRY = 1.15f;

        private final RowSpace space;
        private final float[] sums = new float[CodeKernels.SUMS];
        private final int[] links = new int[layout.slots()];
        private final float[] own;
        private final float[] other;

        /** For rows that lie in the records. */
        Encoder(RowSpace space) {
            this.space = space;
            own = new float[space.paddedDimension()];
            other = new float[space.paddedDimension()];
        }

        /** Writes the codes of a node's neighbours from some slot on. */
        void encode(LayeredGraph graph, int node, int from) {
            int count = graph.linksInto(node, 0, links);
            if (from < count) {
                space.copyInto(node, own);
            }
            for (int slot = from; slot < count; slot++) {
                encodeFrom(node, slot, links[slot]);
            }
            for (int slot = count; slot < layout.slots(); slot++) {
                // Nobody's, and nearer than no bound.
                setEstimator(node, slot, Float.POSITIVE_INFINITY, 0);
            }
        }

        /** Writes the code of one neighbour. */
        void encode(int node, int slot, int neighbour) {
            space.copyInto(node, own);
            encodeFrom(node, slot, neighbour);
        }

        /** Writes the code of one neighbour of the node whose row is at hand. */
        private void encodeFrom(int node, int slot, int neighbour) {
            space.copyInto(neighbour, other);
            long code =
                    node * stride
                            + codesOffset
                            + slot / CodeKernels.GROUP * layout.groupBytes()
                            + (long) (slot % CodeKernels.GROUP) * Integer.BYTES;
            write(code, bits == 1 ? 1 : bestStep(code));
            float square = sums[CodeKernels.SQUARE];
            float product = sums[CodeKernels.PRODUCT];
            float inverse = product > 0 ? square / product : 0;
            setEstimator(
                    node, slot, square + 2 * sums[CodeKernels.OWN_PRODUCT] * inverse, -2 * inverse);
        }

        /** Levels per unit that make the code point where the difference does. */
        private float bestStep(long code) {
            write(code, 1);
            float rootMeanSquare = (float) Math.sqrt(sums[CodeKernels.SQUARE] / dimension);
            if (!(rootMeanSquare > 0)) {
                return 1;
            }
            float best = 1;
            float bestCosine = Float.NEGATIVE_INFINITY;
            float step = FIRST_TRY * (1 << bits) / (6 * rootMeanSquare);
            for (int i = 0; i < TRIES; i++) {
                write(code, step);
                float cosine =
                        sums[CodeKernels.PRODUCT]
                                / (float) Math.sqrt(sums[CodeKernels.CODE_SQUARE]);
                if (cosine > bestCosine) {
                    bestCosine = cosine;
                    best = step;
                }
                step *= NEXT_TRY;
            }
            return best;
        }

        private void write(long code, float inverseStep) {
            KERNELS.encode(own, other, words, bits, inverseStep, records, code, sums);
        }

        private void setEstimator(int node, int slot, float base, float factor) {
            long place = node * stride + (long) slot * Float.BYTES;
            records.set(FLOAT, place + basesOffset, base);
            records.set(FLOAT, place + factorsOffset, factor);
        }
    }
}
