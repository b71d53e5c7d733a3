package io.millrace.ranker.tower;

import io.millrace.core.error.MillraceException;

/**
 * Sizes of the two towers.
 *
 * @param dimension components of the vectors, and of the embeddings of item ids.
 * @param hidden units of the hidden layer.
 * @param featureDimension components of every other embedding.
 */
public record TowerShape(int dimension, int hidden, int featureDimension) {
    private static final int LIMIT = 2_048;

    /** What is used when nothing else is said. */
    public static final TowerShape DEFAULT = new TowerShape(64, 128, 8);

    /** Validates. */
    public TowerShape {
        check("dimension", dimension);
        check("hidden", hidden);
        check("featureDimension", featureDimension);
    }

    private static void check(String name, int value) {
        if (value < 4 || value > LIMIT) {
            throw MillraceException.usage(
                    "bad size of a tower: %s=%d, least=4, most=%d; change it", name, value, LIMIT);
        }
    }
}
