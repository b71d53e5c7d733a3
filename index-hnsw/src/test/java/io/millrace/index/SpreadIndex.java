package io.millrace.index;

import io.millrace.core.memory.DirectMemory;
import io.millrace.index.graph.GraphMemory;
import io.millrace.index.graph.LayeredGraph;
import io.millrace.index.graph.NodeLayout;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The nodes of a small index at equal distances in a large one, whose other rows are zeros that
 * nobody links to. Their memory is never touched, so it is none; searches from the same entry take
 * the same way, by ordinals that are larger.
 */
final class SpreadIndex {
    private static final ValueLayout.OfInt INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final HnswIndex small;
    private final NodeLayout layout;
    private final int count;

    private SpreadIndex(HnswIndex small, int count) {
        this.small = small;
        this.count = count;
        layout = small.memory().layout();
    }

    /** Makes a large index of so many rows, to be closed by the caller. */
    static HnswIndex of(HnswIndex small, int count) {
        return new SpreadIndex(small, count).make();
    }

    /** Where a node of a small index stands in the large one; the last is the last. */
    static int place(int node, int smallCount, int count) {
        return (int) ((long) node * (count - 1) / (smallCount - 1));
    }

    private HnswIndex make() {
        GraphMemory from = small.memory();
        DirectMemory records = DirectMemory.allocate(count * layout.strideBytes());
        DirectMemory starts = DirectMemory.allocate((count + 1L) * Integer.BYTES);
        DirectMemory lists = DirectMemory.allocate(from.upperLists().byteSize());
        long[] ids = new long[count];
        for (int i = 0; i < count; i++) {
            // Those of Worlds are odd.
            ids[i] = 2L * i;
        }
        for (int node = 0; node < small.size(); node++) {
            ids[place(node)] = small.itemId(node);
            copyRecord(from.records(), node, records.segment());
        }
        spreadStarts(from.graph(), starts.segment());
        copyLinks(from.upperLists(), 0, lists.segment(), 0, from.upperLists().byteSize());
        GraphMemory memory =
                new GraphMemory(
                        layout,
                        count,
                        place(from.entry()),
                        records.segment(),
                        starts.segment(),
                        lists.segment(),
                        () -> {
                            records.close();
                            starts.close();
                            lists.close();
                        });
        return new HnswIndex(small.form(), small.parameters(), memory, ItemIds.copyOf(ids));
    }

    private int place(int node) {
        return place(node, small.size(), count);
    }

    private void copyRecord(MemorySegment from, int node, MemorySegment to) {
        long source = node * layout.strideBytes();
        long target = place(node) * layout.strideBytes();
        MemorySegment.copy(from, source, to, target, layout.strideBytes());
        copyLinks(
                from,
                source + layout.linksOffset(),
                to,
                target + layout.linksOffset(),
                2L * layout.maxConnections() * Integer.BYTES);
    }

    private void copyLinks(
            MemorySegment from, long source, MemorySegment to, long target, long bytes) {
        for (long at = 0; at < bytes; at += Integer.BYTES) {
            int link = from.get(INT, source + at);
            to.set(INT, target + at, link == LayeredGraph.NONE ? link : place(link));
        }
    }

    /** The lists of upper levels stand in the order of nodes, which is the same. */
    private void spreadStarts(LayeredGraph graph, MemorySegment starts) {
        int start = 0;
        int node = 0;
        for (int each = 0; each < count; each++) {
            starts.set(INT, (long) each * Integer.BYTES, start);
            if (node < small.size() && each == place(node)) {
                start += graph.level(node);
                node++;
            }
        }
        starts.set(INT, (long) count * Integer.BYTES, start);
    }
}
