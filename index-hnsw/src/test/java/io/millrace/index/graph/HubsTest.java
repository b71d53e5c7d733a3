package io.millrace.index.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.Arrays;
import java.util.Objects;
import java.util.stream.IntStream;

/** The hubs a search begins at against the distances of all nodes that may be one. */
final class HubsTest {
    private static final int ROWS = 6_000;
    private static final int CLUSTERS = 40;
    private static final int QUERIES = 100;
    private static final int DIMENSION = 96;
    private static final int PADDED = 128;
    private static final NodeLayout LAYOUT = layout(RowType.F32);

    @ParameterizedTest
    @CsvSource({"false, F32", "true, F32", "false, BF16", "false, INT8", "true, INT8"})
    void shouldBeginAtHubsThatAreNear(boolean isDot, RowType type) {
        NodeLayout layout = layout(type);
        try (GraphMemory memory = SmallGraphs.build(layout, isDot, ROWS, HubsTest::clustered);
                GraphView view = memory.view(isDot).withHubs()) {
            Hubs hubs = Objects.requireNonNull(view.hubs());
            NeighbourCodes.Query prepared = new NeighbourCodes.Query(layout);
            Beam starts = new Beam(Hubs.STARTS);
            int[] highest = highest(view.graph());
            double ranks = 0;
            double errors = 0;
            for (int q = 0; q < QUERIES; q++) {
                float[] query = clustered(ROWS + q);
                view.codes().prepare(query, prepared);
                hubs.findInto(query, prepared, starts);
                assertEquals(Hubs.STARTS, starts.size());
                float nearest = view.space().distance(query, starts.ordinalAt(0));
                ranks +=
                        Arrays.stream(highest)
                                .filter(node -> view.space().distance(query, node) < nearest)
                                .count();
                // As distances of rows of length 1 are: twice the product, less a constant.
                double error = starts.distanceAt(0) - (isDot ? 2 * nearest : nearest);
                errors += error * error;
            }
            // The right cluster, if not always its nearest member.
            assertTrue(ranks / QUERIES < 4, "rank=" + ranks / QUERIES);
            double deviation = Math.sqrt(errors / QUERIES);
            assertTrue(deviation < 0.15, "deviation=" + deviation);
        }
    }

    @Test
    void shouldDescendWhereNoNodeIsHigh() {
        try (GraphMemory memory = SmallGraphs.build(LAYOUT, false, 0, HubsTest::clustered);
                GraphView view = memory.view(false).withHubs()) {
            assertNull(view.hubs());
        }
    }

    /** The nodes of the upper levels, highest first, as many as there are hubs. */
    private static int[] highest(LayeredGraph graph) {
        return IntStream.range(0, graph.count())
                .filter(node -> graph.level(node) > 0)
                .boxed()
                .sorted((a, b) -> graph.level(b) - graph.level(a))
                .limit(Hubs.MOST)
                .mapToInt(node -> node)
                .toArray();
    }

    private static NodeLayout layout(RowType type) {
        return new NodeLayout(new RowLayout(DIMENSION, type, null), 16, 1);
    }

    /** A row of length 1 near one of the clusters' centres, padded for any type. */
    private static float[] clustered(int row) {
        float[] centre = SmallGraphs.gaussian(row % CLUSTERS, LAYOUT);
        float[] vector = SmallGraphs.gaussian(CLUSTERS + row, LAYOUT);
        double square = 0;
        for (int i = 0; i < vector.length; i++) {
            vector[i] = centre[i] + 0.5f * vector[i];
            square += vector[i] * vector[i];
        }
        for (int i = 0; i < vector.length; i++) {
            vector[i] /= (float) Math.sqrt(square);
        }
        return Arrays.copyOf(vector, PADDED);
    }
}
