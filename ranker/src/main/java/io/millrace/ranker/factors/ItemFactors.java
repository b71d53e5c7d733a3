package io.millrace.ranker.factors;

import io.millrace.core.HotPath;
import io.millrace.core.simd.Kernels;
import io.millrace.ranker.features.FeatureSchema;

/**
 * The vectors of all items, and what it takes to find the vector of a user for them.
 *
 * <p>Threading: immutable.
 */
public final class ItemFactors {
    private final FactorSettings settings;
    private final float[] vectors;
    private final float[] gram;

    /**
     * Takes trained vectors.
     *
     * @param settings what they explain.
     * @param vectors vectors in the order of ordinals, one after the other; not to be written any
     *     more.
     */
    public ItemFactors(FactorSettings settings, float[] vectors) {
        this.settings = settings;
        this.vectors = vectors;
        this.gram = Gram.of(vectors, settings.dimension(), settings.unwatchedWeight());
    }

    /**
     * What the vectors explain.
     *
     * @return the settings.
     */
    public FactorSettings settings() {
        return settings;
    }

    /**
     * How many items.
     *
     * @return the count.
     */
    public int count() {
        return vectors.length / settings.dimension();
    }

    /**
     * A way to users' vectors.
     *
     * @param schema the features of the users' rows.
     * @return a new one for one thread.
     */
    public FoldIn newFoldIn(FeatureSchema schema) {
        return new FoldIn(this, schema);
    }

    /**
     * Scores all items.
     *
     * @param user vector of a user.
     * @param scores where the score of each ordinal goes.
     */
    @HotPath
    public void scoreInto(float[] user, float[] scores) {
        int dimension = settings.dimension();
        int count = count();
        for (int item = 0; item < count; item++) {
            scores[item] = Kernels.vector().dot(user, 0, vectors, item * dimension, dimension);
        }
    }

    /** The vectors, for the solver. */
    float[] vectors() {
        return vectors;
    }

    /** α G, for the solver. */
    float[] gram() {
        return gram;
    }
}
