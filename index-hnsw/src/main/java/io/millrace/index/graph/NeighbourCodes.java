package io.millrace.index.graph;

import io.millrace.core.HotPath;
import io.millrace.core.simd.CodeKernels;
import io.millrace.core.simd.Kernels;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Codes of a node's neighbours inside its own record, so that one visit tells how far all of them
 * are without touching their rows (Gou et al.: SymphonyQG, SIGMOD 2025, section 3; the code and its
 * estimator are RaBitQ's). For a node u, its neighbour v and a query q, with P the rotation:
 *
 * <pre>
 *   |q-v|² = |q-u|² + |v-u|² - 2 &lt;q-u, v-u&gt;
 *   s      = signs of P(v-u), the code                      e = |P(v-u)|₁ / |v-u|²
 *   &lt;q-u, v-u&gt; ≈ (&lt;Pq, s&gt; - &lt;Pu, s&gt;) / e
 *
 *   base   = |v-u|² + 2 &lt;Pu, s&gt; / e       factor = -2 / e         kept with each code
 *   |q-v|² ≈ |q-u|² + base + factor &lt;Pq, s&gt;
 * </pre>
 *
 * <p>Pq is cut to {@link CodeKernels#PLANES} bits, P(v-u) to one.
 *
 * <p>Threading: immutable; encoding and preparing use what the caller brings.
 */
final class NeighbourCodes {
    private static final CodeKernels KERNELS = Kernels.code();
    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int LARGEST_NUMBER = (1 << (CodeKernels.PLANES - 1)) - 1;
    private static final long ROTATION_SEED = 0x51EEDL;

    private final NodeLayout layout;
    private final MemorySegment records;
    private final Rotation rotation;
    private final int words;
    private final int groups;

    NeighbourCodes(NodeLayout layout, MemorySegment records) {
        this.layout = layout;
        this.records = records;
        rotation = new Rotation(layout.codeDimension(), ROTATION_SEED);
        words = layout.codeDimension() / Integer.SIZE;
        groups = layout.slots() / CodeKernels.GROUP;
    }

    /** A query as the codes are held against it. */
    static final class Query {
        private final float[] rotated;
        private final int[] planes;
        private float scale;
        private float shift;

        Query(NodeLayout layout) {
            rotated = new float[layout.codeDimension()];
            planes = new int[layout.codeDimension() / Integer.SIZE * CodeKernels.PLANES];
        }
    }

    /** Prepares a query, once for all nodes. */
    @HotPath
    void prepare(float[] query, Query target) {
        float[] x = target.rotated;
        System.arraycopy(query, 0, x, 0, Math.min(query.length, x.length));
        Arrays.fill(x, Math.min(query.length, x.length), x.length, 0);
        rotation.rotate(x);
        float largest = 0;
        for (float number : x) {
            largest = Math.max(largest, Math.abs(number));
        }
        float step = largest / LARGEST_NUMBER;
        float inverse = step > 0 ? 1 / step : 0;
        int sum = 0;
        for (int word = 0; word < words; word++) {
            int one = 0;
            int two = 0;
            int four = 0;
            int eight = 0;
            for (int bit = 0; bit < Integer.SIZE; bit++) {
                int number = Math.round(x[word * Integer.SIZE + bit] * inverse);
                sum += number;
                one |= (number & 1) << bit;
                two |= (number >> 1 & 1) << bit;
                four |= (number >> 2 & 1) << bit;
                eight |= (number >> 3 & 1) << bit;
            }
            int at = word * CodeKernels.PLANES;
            target.planes[at] = one;
            target.planes[at + 1] = two;
            target.planes[at + 2] = four;
            target.planes[at + 3] = eight;
        }
        // <x, s> of signs ±1 is twice the sum over set bits, less the sum over all.
        target.scale = 2 * step;
        target.shift = -step * sum;
    }

    /** Estimates of |q-v|² - |q-u|² for all slots of a node. */
    @HotPath
    void estimate(int node, Query query, float[] out) {
        long record = node * layout.strideBytes();
        KERNELS.estimates(
                records,
                record + layout.codesOffset(),
                record + layout.basesOffset(),
                record + layout.factorsOffset(),
                words,
                groups,
                query.planes,
                query.scale,
                query.shift,
                out);
    }

    /** Writes the codes of nodes. */
    final class Encoder {
        private final LayeredGraph graph;
        private final RowSpace space;
        private final float[] own;
        private final float[] other;
        private final float[] difference;
        private final float[] rotatedOwn;
        private final int[] links;

        Encoder(LayeredGraph graph, RowSpace space) {
            this.graph = graph;
            this.space = space;
            own = new float[layout.codeDimension()];
            other = new float[layout.codeDimension()];
            difference = new float[layout.codeDimension()];
            rotatedOwn = new float[layout.codeDimension()];
            links = new int[graph.capacity(0)];
        }

        void encode(int node) {
            int count = graph.linksInto(node, 0, links);
            space.copyInto(node, own);
            System.arraycopy(own, 0, rotatedOwn, 0, own.length);
            rotation.rotate(rotatedOwn);
            for (int slot = 0; slot < count; slot++) {
                encode(node, slot, links[slot]);
            }
            long record = node * layout.strideBytes();
            for (int slot = count; slot < layout.slots(); slot++) {
                // Nobody's, and nearer than no bound.
                records.set(
                        FLOAT, record + layout.basesOffset() + 4L * slot, Float.POSITIVE_INFINITY);
                records.set(FLOAT, record + layout.factorsOffset() + 4L * slot, 0);
            }
        }

        private void encode(int node, int slot, int neighbour) {
            space.copyInto(neighbour, other);
            double square = 0;
            for (int i = 0; i < other.length; i++) {
                difference[i] = other[i] - own[i];
                square += (double) difference[i] * difference[i];
            }
            rotation.rotate(difference);
            long record = node * layout.strideBytes();
            long group =
                    record
                            + layout.codesOffset()
                            + (long) (slot / CodeKernels.GROUP)
                                    * words
                                    * CodeKernels.GROUP
                                    * Integer.BYTES
                            + (long) (slot % CodeKernels.GROUP) * Integer.BYTES;
            double length = 0;
            double product = 0;
            for (int word = 0; word < words; word++) {
                int code = 0;
                for (int bit = 0; bit < Integer.SIZE; bit++) {
                    int i = word * Integer.SIZE + bit;
                    boolean isSet = difference[i] > 0;
                    code |= (isSet ? 1 : 0) << bit;
                    length += Math.abs(difference[i]);
                    product += isSet ? rotatedOwn[i] : -rotatedOwn[i];
                }
                records.set(INT, group + (long) word * CodeKernels.GROUP * Integer.BYTES, code);
            }
            double inverse = length > 0 ? square / length : 0;
            records.set(
                    FLOAT,
                    record + layout.basesOffset() + 4L * slot,
                    (float) (square + 2 * product * inverse));
            records.set(FLOAT, record + layout.factorsOffset() + 4L * slot, (float) (-2 * inverse));
        }
    }
}
