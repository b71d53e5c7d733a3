package io.millrace.index.plan;

import io.millrace.core.progress.ProgressListener;
import io.millrace.core.random.SplitRandom;
import io.millrace.index.VectorSet;

/** Rows and queries without any structure. */
final class GaussianVectors implements ProbeVectors {
    @Override
    public void rowsInto(VectorSet rows, ProgressListener progress) {
        fill(rows, 1);
    }

    @Override
    public void queriesInto(VectorSet queries, ProgressListener progress) {
        fill(queries, 2);
    }

    private static void fill(VectorSet target, long seed) {
        float[] vector = new float[target.dimension()];
        for (int row = 0; row < target.count(); row++) {
            SplitRandom random = SplitRandom.forStream(seed, row);
            for (int i = 0; i < vector.length; i++) {
                vector[i] = (float) random.nextGaussian();
            }
            target.set(row, vector, 0);
        }
    }
}
