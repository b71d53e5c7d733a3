package io.millrace.index.graph;

import io.millrace.core.progress.ProgressListener;
import io.millrace.core.random.SplitRandom;
import io.millrace.core.thread.WorkCrew;

import java.util.function.IntFunction;

/** Graphs of a few thousand rows in stored form. */
final class SmallGraphs {
    private SmallGraphs() {}

    /** A graph over rows of padded length; the caller closes it. */
    static GraphMemory build(
            NodeLayout layout, boolean isDot, int count, IntFunction<float[]> rowOf) {
        try (WorkCrew crew = new WorkCrew(2, "test")) {
            GraphConstruction construction =
                    new GraphConstruction(
                            new GraphConstruction.Settings(layout, isDot, 60, 1),
                            BatchPlan.DEFAULT,
                            count,
                            crew);
            RowSpace space = construction.memory().space(isDot);
            for (int row = 0; row < count; row++) {
                space.write(row, rowOf.apply(row));
            }
            construction.build(ProgressListener.NONE);
            return construction.memory();
        }
    }

    /** Numbers from N(0, 1), padded; the same for the same seed. */
    static float[] gaussian(long seed, NodeLayout layout) {
        SplitRandom random = new SplitRandom(seed);
        float[] vector = new float[layout.row().paddedDimension()];
        for (int i = 0; i < layout.dimension(); i++) {
            vector[i] = (float) random.nextGaussian();
        }
        return vector;
    }
}
