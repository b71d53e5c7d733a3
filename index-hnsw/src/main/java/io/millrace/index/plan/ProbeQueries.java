package io.millrace.index.plan;

import io.millrace.core.progress.ProgressListener;
import io.millrace.index.VectorSet;

/**
 * The queries of a probe. All of them are timed, for few of them would find what they read in the
 * caches; of the first some it is judged what they find.
 *
 * <p>Ownership: owns the judged ones.
 */
final class ProbeQueries implements AutoCloseable {
    private static final int MOST = 10_000;
    private static final int MOST_JUDGED = 1_000;
    private static final long MOST_BYTES = 64L << 20;

    private final float[][] timed;
    private final VectorSet judged;

    private ProbeQueries(float[][] timed, VectorSet judged) {
        this.timed = timed;
        this.judged = judged;
    }

    /** Draws as many as there is room for. */
    static ProbeQueries draw(ProbeVectors vectors, int dimension, ProgressListener progress) {
        int count = Math.clamp(MOST_BYTES / VectorSet.strideOf(dimension), 1, MOST);
        try (VectorSet drawn = VectorSet.allocate(count, dimension)) {
            vectors.queriesInto(drawn, progress);
            float[][] timed = new float[count][dimension];
            for (int i = 0; i < count; i++) {
                drawn.get(i, timed[i], 0);
            }
            VectorSet judged = VectorSet.allocate(Math.min(count, MOST_JUDGED), dimension);
            for (int i = 0; i < judged.count(); i++) {
                judged.set(i, timed[i], 0);
            }
            return new ProbeQueries(timed, judged);
        }
    }

    /** All queries. */
    float[][] timed() {
        return timed;
    }

    /** The first of them. */
    VectorSet judged() {
        return judged;
    }

    @Override
    public void close() {
        judged.close();
    }
}
