package io.millrace.index.graph;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.random.SplitRandom;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Rows, links and codes of the last of 2^31 - 1 nodes: hundreds of gigabytes, nearly all of which
 * is a hole in a file that is mapped.
 */
final class LargeGraphTest {
    private static final int NODES = Integer.MAX_VALUE;
    private static final int LAST = NODES - 1;
    private static final int DIMENSION = 32;
    private static final int CONNECTIONS = 8;
    private static final int TOP_LEVEL = 3;
    private static final int[] SOME = {0, 1 << 25, 1 << 30, LAST - 1, LAST};

    @TempDir private Path folder;
    private Arena arena;

    @BeforeEach
    void openArena() {
        arena = Arena.ofShared();
    }

    @AfterEach
    void closeArena() {
        arena.close();
    }

    @Test
    void shouldReadWhatWasWrittenWhenRowsAreTheLast() throws IOException {
        NodeLayout layout = new NodeLayout(DIMENSION, CONNECTIONS, 0);
        assertEquals(192, layout.strideBytes());
        MemorySegment records = zeros("records", NODES * 192L);
        for (boolean isDot : new boolean[] {false, true}) {
            RowSpace space = new RowSpace(records, 192, NODES, DIMENSION, isDot);
            for (int node : SOME) {
                space.write(node, row(node));
            }
            float[] query = row(7);
            float[] distances = new float[SOME.length];
            space.distances(query, SOME, SOME.length, distances);
            for (int i = 0; i < SOME.length; i++) {
                int node = SOME[i];
                float[] copy = new float[DIMENSION];
                space.copyInto(node, copy);
                assertArrayEquals(row(node), copy);
                assertEquals(
                        Float.floatToRawIntBits(row(node)[5]),
                        records.get(LayeredGraph.INT, node * 192L + 20));
                double expected = distance(query, row(node), isDot);
                assertEquals(expected, space.distance(query, node), 1e-3);
                assertEquals(expected, distances[i], 1e-3);
                assertEquals(distance(row(0), row(node), isDot), space.distance(0, node), 1e-3);
            }
            space.distancesFrom(LAST - 1, query, new int[] {1, 0}, 2, distances);
            assertEquals(distance(query, row(LAST), isDot), distances[0], 1e-3);
            assertEquals(distance(query, row(LAST - 1), isDot), distances[1], 1e-3);
            assertFalse(space.isEqual(LAST, LAST - 1));
            space.write(LAST - 1, row(LAST));
            assertTrue(space.isEqual(LAST, LAST - 1));
            assertEquals(space.hash(LAST), space.hash(LAST - 1));
        }
    }

    @Test
    void shouldReadWhatWasWrittenWhenLinksAreTheLast() throws IOException {
        NodeLayout layout = new NodeLayout(DIMENSION, CONNECTIONS, 0);
        MemorySegment records = zeros("records", NODES * 192L);
        MemorySegment starts = zeros("starts", (NODES + 1L) * Integer.BYTES);
        // As many lists as an int can count, the last three of them those of the last node.
        MemorySegment lists = zeros("lists", (long) Integer.MAX_VALUE * CONNECTIONS * 4);
        starts.set(LayeredGraph.INT, LAST * 4L, Integer.MAX_VALUE - TOP_LEVEL);
        starts.set(LayeredGraph.INT, NODES * 4L, Integer.MAX_VALUE);
        LayeredGraph graph = new LayeredGraph(layout, NODES, LAST, records, starts, lists);
        assertEquals(TOP_LEVEL, graph.topLevel());
        int[] links = {LAST, 0, LAST - 1, 1 << 30};
        int[] found = new int[2 * CONNECTIONS];
        for (int level = 0; level <= TOP_LEVEL; level++) {
            graph.setLinks(LAST, level, links, links.length - level);
        }
        for (int level = 0; level <= TOP_LEVEL; level++) {
            assertEquals(links.length - level, graph.linksInto(LAST, level, found));
            for (int i = 0; i < links.length - level; i++) {
                assertEquals(links[i], found[i]);
            }
        }
        assertEquals(LAST, records.get(LayeredGraph.INT, LAST * 192L + 128));
        long end = lists.byteSize();
        assertEquals(LAST, lists.get(LayeredGraph.INT, end - CONNECTIONS * 4));
        assertEquals(LAST, lists.get(LayeredGraph.INT, end - TOP_LEVEL * CONNECTIONS * 4));
    }

    /** The same rows and links among few nodes must give the same codes. */
    @Test
    void shouldWriteTheCodesOfASmallGraphWhenNodesAreTheLast() throws IOException {
        NodeLayout layout = new NodeLayout(DIMENSION, CONNECTIONS, 4);
        long stride = layout.strideBytes();
        MemorySegment large = zeros("large", NODES * stride);
        MemorySegment small = zeros("small", SOME.length * stride);
        LayeredGraph largeGraph = level0(layout, NODES, large);
        LayeredGraph smallGraph = level0(layout, SOME.length, small);
        for (int i = 0; i < SOME.length; i++) {
            new RowSpace(large, stride, NODES, DIMENSION, false).write(SOME[i], row(i));
            new RowSpace(small, stride, SOME.length, DIMENSION, false).write(i, row(i));
        }
        int last = SOME.length - 1;
        largeGraph.setLinks(LAST, 0, SOME, last);
        smallGraph.setLinks(last, 0, new int[] {0, 1, 2, 3}, last);
        NeighbourCodes largeCodes = new NeighbourCodes(layout, large);
        NeighbourCodes smallCodes = new NeighbourCodes(layout, small);
        largeCodes.new Encoder().encode(largeGraph, LAST, 0);
        smallCodes.new Encoder().encode(smallGraph, last, 0);
        long from = layout.basesOffset();
        assertEquals(
                -1,
                MemorySegment.mismatch(
                        large,
                        LAST * stride + from,
                        LAST * stride + stride,
                        small,
                        last * stride + from,
                        last * stride + stride));
        assertTrue(small.get(ValueLayout.JAVA_LONG, last * stride + layout.codesOffset()) != 0);
        NeighbourCodes.Query query = new NeighbourCodes.Query(layout);
        largeCodes.prepare(row(9), query);
        assertEquals(0b1111, largeCodes.below(LAST, 0, layout.slots(), 1, Float.MAX_VALUE, query));
        float[] estimates = new float[last];
        for (int slot = 0; slot < last; slot++) {
            estimates[slot] = query.estimate(slot);
        }
        smallCodes.below(last, 0, layout.slots(), 1, Float.MAX_VALUE, query);
        for (int slot = 0; slot < last; slot++) {
            assertEquals(query.estimate(slot), estimates[slot]);
        }
    }

    private static LayeredGraph level0(NodeLayout layout, int count, MemorySegment records) {
        MemorySegment none = MemorySegment.ofArray(new byte[0]);
        return new LayeredGraph(layout, count, 0, records, none, none);
    }

    private MemorySegment zeros(String name, long bytes) throws IOException {
        try (FileChannel channel =
                FileChannel.open(
                        folder.resolve(name),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.SPARSE)) {
            return channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes, arena);
        }
    }

    private static float[] row(int seed) {
        SplitRandom random = SplitRandom.forStream(seed, 1);
        float[] row = new float[DIMENSION];
        for (int i = 0; i < DIMENSION; i++) {
            row[i] = (float) random.nextGaussian();
        }
        return row;
    }

    private static double distance(float[] a, float[] b, boolean isDot) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            double difference = (double) a[i] - b[i];
            sum += isDot ? -(double) a[i] * b[i] : difference * difference;
        }
        return sum;
    }
}
