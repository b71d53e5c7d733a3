package io.millrace.index.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Estimates from codes against distances of the rows themselves. */
final class NeighbourCodesTest {
    private static final int ROWS = 2_000;
    private static final int QUERIES = 20;

    @ParameterizedTest
    @CsvSource({
        "32, 1, 0.16", "64, 1, 0.11", "128, 1, 0.08", "320, 1, 0.05", "800, 1, 0.03",
        "64, 2, 0.07", "128, 2, 0.05", "64, 4, 0.03", "128, 4, 0.02", "800, 4, 0.01"
    })
    void shouldEstimateDistancesWithinTheErrorOfTheCode(int dimension, int bits, double most) {
        NodeLayout layout = new NodeLayout(RowLayout.floats(dimension), 12, bits);
        assertEquals(32, layout.slots());
        try (GraphMemory memory =
                SmallGraphs.build(layout, false, ROWS, row -> SmallGraphs.gaussian(row, layout))) {
            checkEstimates(memory, memory.space(false), most);
        }
    }

    private static void checkEstimates(GraphMemory memory, RowSpace space, double most) {
        NodeLayout layout = memory.layout();
        LayeredGraph graph = memory.graph();
        NeighbourCodes codes = new NeighbourCodes(layout, memory.records());
        NeighbourCodes.Query prepared = new NeighbourCodes.Query(layout);
        int[] links = new int[graph.capacity(0)];
        double errors = 0;
        double bias = 0;
        int count = 0;
        for (int q = 0; q < QUERIES; q++) {
            float[] query = SmallGraphs.gaussian(ROWS + q, layout);
            codes.prepare(query, prepared);
            for (int node = 0; node < ROWS; node += 7) {
                double own = space.distance(query, node);
                long below =
                        codes.below(
                                node,
                                0,
                                layout.slots(),
                                (float) own,
                                Float.POSITIVE_INFINITY,
                                prepared);
                int degree = graph.linksInto(node, 0, links);
                // Empty slots are nearer than no bound.
                assertEquals((1L << degree) - 1, below);
                for (int slot = 0; slot < degree; slot++) {
                    double step = space.distance(node, links[slot]);
                    double truth = space.distance(query, links[slot]);
                    // <q-u, v-u> by its lengths: how far off is the angle that was estimated?
                    double error = (prepared.estimate(slot) - truth) / (2 * Math.sqrt(own * step));
                    errors += error * error;
                    bias += error;
                    count++;
                }
            }
        }
        double deviation = Math.sqrt(errors / count);
        assertTrue(deviation < most, "deviation=" + deviation);
        assertEquals(0, bias / count, most / 10, "bias");
    }
}
