package io.millrace.index.graph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.progress.ProgressListener;
import io.millrace.core.random.SplitRandom;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Estimates from codes against distances of the rows themselves. */
final class NeighbourCodesTest {
    private static final int ROWS = 2_000;
    private static final int QUERIES = 20;

    @ParameterizedTest
    @CsvSource({"16, 0.30", "64, 0.16", "100, 0.13", "300, 0.08", "784, 0.05"})
    void shouldEstimateDistancesWithinTheErrorOfTheCode(int dimension, double most) {
        NodeLayout layout = new NodeLayout(dimension, 12, true);
        assertEquals(32, layout.slots());
        try (WorkCrew crew = new WorkCrew(2, "test")) {
            GraphConstruction construction =
                    new GraphConstruction(
                            new GraphConstruction.Settings(layout, false, 60, 1), ROWS, crew);
            try (GraphMemory memory = construction.memory()) {
                RowSpace space = memory.space(false);
                for (int row = 0; row < ROWS; row++) {
                    space.write(row, gaussian(new SplitRandom(row), layout));
                }
                construction.build(ProgressListener.NONE);
                checkEstimates(memory, space, most);
            }
        }
    }

    private static void checkEstimates(GraphMemory memory, RowSpace space, double most) {
        NodeLayout layout = memory.layout();
        LayeredGraph graph = memory.graph();
        NeighbourCodes codes = new NeighbourCodes(layout, memory.records());
        NeighbourCodes.Query prepared = new NeighbourCodes.Query(layout);
        int[] links = new int[graph.capacity(0)];
        float[] estimates = new float[layout.slots()];
        double errors = 0;
        double bias = 0;
        int count = 0;
        for (int q = 0; q < QUERIES; q++) {
            float[] query = gaussian(new SplitRandom(ROWS + q), layout);
            codes.prepare(query, prepared);
            for (int node = 0; node < ROWS; node += 7) {
                codes.estimate(node, prepared, estimates);
                double own = space.distance(query, node);
                int degree = graph.linksInto(node, 0, links);
                for (int slot = 0; slot < degree; slot++) {
                    double step = space.distance(node, links[slot]);
                    double truth = space.distance(query, links[slot]);
                    // <q-u, v-u> by its lengths: how far off is the angle that was estimated?
                    double error = (own + estimates[slot] - truth) / (2 * Math.sqrt(own * step));
                    errors += error * error;
                    bias += error;
                    count++;
                }
                for (int slot = degree; slot < estimates.length; slot++) {
                    assertEquals(Float.POSITIVE_INFINITY, estimates[slot]);
                }
            }
        }
        double deviation = Math.sqrt(errors / count);
        assertTrue(deviation < most, "deviation=" + deviation);
        assertEquals(0, bias / count, most / 10, "bias");
    }

    private static float[] gaussian(SplitRandom random, NodeLayout layout) {
        float[] vector = new float[layout.paddedDimension()];
        for (int i = 0; i < layout.dimension(); i++) {
            vector[i] = (float) random.nextGaussian();
        }
        return vector;
    }
}
