package io.millrace.ranker.model;

import io.millrace.core.HotPath;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.SequencePooling;

/**
 * What each id of a list weighs in the mean of their embeddings: all the same, or the more the
 * later it stands.
 *
 * <p>Threading: immutable.
 */
final class ListWeights {
    /** By age, 0 for the last id: its weight, which is 1 for the last. */
    private final float[] byAge;

    /** By count of ids: what the weights of so many add up to. */
    private final float[] sums;

    ListWeights(FeatureField field) {
        this.byAge = new float[field.maxValues()];
        this.sums = new float[byAge.length + 1];
        SequencePooling pooling = field.pooling();
        double halvings =
                pooling != null && pooling.form() == SequencePooling.Form.RECENCY
                        ? 1.0 / pooling.halfLife()
                        : 0;
        double sum = 0;
        for (int age = 0; age < byAge.length; age++) {
            // The same bits on every machine, which Math.pow does not promise.
            byAge[age] = (float) StrictMath.pow(2, -age * halvings);
            sum += byAge[age];
            sums[age + 1] = (float) sum;
        }
    }

    /** What the sum so far is multiplied by when the next id is added: all grow older by one. */
    @HotPath
    float ageing() {
        return byAge.length > 1 ? byAge[1] : 1;
    }

    /** What the weights of so many ids add up to. */
    @HotPath
    float sum(int count) {
        return sums[count];
    }

    /** Share of one of so many ids in their mean. */
    float share(int index, int count) {
        return byAge[count - 1 - index] / sums[count];
    }
}
