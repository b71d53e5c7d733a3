package io.millrace.index.graph;

import io.millrace.core.HotPath;
import io.millrace.core.memory.DirectMemory;
import io.millrace.core.simd.CodeKernels;

import org.jspecify.annotations.Nullable;

/**
 * Where searches by codes begin: the highest few hundred nodes, whose codes, as seen from the mean
 * of their rows, stand in one record. To look through them takes the time of a few visits; to
 * descend the upper levels means more than a hundred rows, each from another place of memory.
 *
 * <p>Threading: immutable. Ownership: owns the record; close it after the last search.
 */
public final class Hubs implements AutoCloseable {
    /**
     * With 256 of them a search makes one or two visits more than after a descent, both among
     * 60,000 rows and among a million; with 64 three, with 1,024 half a one.
     */
    static final int MOST = 256;

    /** As many as are visited at once. */
    static final int STARTS = 2;

    private static final int MEAN = 0;
    private static final int SINGLE = 1;

    private final DirectMemory memory;
    private final NeighbourCodes codes;
    private final RowSpace mean;
    private final int[] nodes;
    private final float shift;

    private Hubs(GraphView view, int[] nodes) {
        NodeLayout layout = layout(view.layout(), nodes.length);
        this.nodes = nodes;
        memory = DirectMemory.allocate(2 * layout.strideBytes());
        codes = new NeighbourCodes(layout, memory.segment());
        mean =
                new RowSpace(
                        memory.segment(),
                        layout.strideBytes(),
                        2,
                        layout.row(),
                        view.space().isDot());
        shift = encode(view.space());
    }

    /**
     * The hubs of a graph.
     *
     * @return them, or null where no node stands on an upper level.
     */
    static @Nullable Hubs of(GraphView view) {
        LayeredGraph graph = view.graph();
        int[] nodes = new int[MOST];
        int count = 0;
        for (int level = topLevel(graph); level > 0 && count < MOST; level--) {
            for (int node = 0; node < graph.count() && count < MOST; node++) {
                if (graph.level(node) == level) {
                    nodes[count++] = node;
                }
            }
        }
        if (count == 0) {
            return null;
        }
        // Places of a group that would be empty hold some hub again.
        int[] filled = new int[places(count)];
        for (int i = 0; i < filled.length; i++) {
            filled[i] = nodes[i % count];
        }
        return new Hubs(view, filled);
    }

    /** What the hubs of a graph take that has so many nodes on upper levels. */
    static long bytes(NodeLayout records, int highNodes) {
        int count = Math.min(MOST, highNodes);
        return count == 0 ? 0 : 2 * layout(records, places(count)).strideBytes();
    }

    private static int places(int count) {
        return Math.ceilDiv(count, CodeKernels.GROUP) * CodeKernels.GROUP;
    }

    /** Of the mean with places for all hubs, and of one of them as it is encoded. */
    private static NodeLayout layout(NodeLayout records, int places) {
        // Of float32 whatever the rows are: the mean of them is nobody's row.
        RowLayout row = RowLayout.floats(records.dimension());
        return new NodeLayout(row, places / 2, records.codeBits());
    }

    private static int topLevel(LayeredGraph graph) {
        return graph.entry() == LayeredGraph.NONE ? 0 : graph.level(graph.entry());
    }

    /**
     * Finds the hubs that seem nearest to a query.
     *
     * @param query the query in stored form, padded.
     * @param prepared the same, cut to planes of bits.
     * @param starts where they go.
     */
    @HotPath
    void findInto(float[] query, NeighbourCodes.Query prepared, Beam starts) {
        starts.reset(STARTS);
        float distance = mean.distance(query, MEAN);
        float own = mean.isDot() ? 2 * distance + shift : distance;
        for (int from = 0; from < nodes.length; from += CodeKernels.LARGEST_BLOCK) {
            int count = Math.min(CodeKernels.LARGEST_BLOCK, nodes.length - from);
            long below = codes.below(MEAN, from, count, own, starts.bound(), prepared);
            for (long rest = below; rest != 0; rest &= rest - 1) {
                int place = Long.numberOfTrailingZeros(rest);
                starts.offer(prepared.estimate(place), nodes[from + place]);
            }
        }
    }

    long bytes() {
        return memory.segment().byteSize();
    }

    @Override
    public void close() {
        memory.close();
    }

    /** Writes mean and codes; what estimates of dot products have to be shifted by. */
    private float encode(RowSpace rows) {
        float[] row = new float[rows.paddedDimension()];
        float[] sum = new float[row.length];
        double squares = 0;
        for (int node : nodes) {
            rows.copyInto(node, row);
            for (int i = 0; i < row.length; i++) {
                sum[i] += row[i] / nodes.length;
                squares += (double) row[i] * row[i] / nodes.length;
            }
        }
        mean.write(MEAN, sum);
        NeighbourCodes.Encoder encoder = codes.new Encoder(mean);
        for (int place = 0; place < nodes.length; place++) {
            rows.copyInto(nodes[place], row);
            mean.write(SINGLE, row);
            encoder.encode(MEAN, place, SINGLE);
        }
        double square = 0;
        for (float x : sum) {
            square += (double) x * x;
        }
        // From rows to rows of one length this is nothing, the mean of them is shorter.
        return (float) (square - squares);
    }
}
