package io.millrace.ranker.factors;

import io.millrace.core.random.SplitRandom;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowTable;

import java.util.List;
import java.util.Map;

/** Hand-made histories, and factors of random numbers. */
final class FactorWorld {
    static final int ITEMS = 70;

    private static final int LONGEST = 6;
    private static final FeatureField WATCHED =
            FeatureField.itemSequence("watched", ITEMS + FeatureField.FIRST, LONGEST);
    private static final FeatureField LONG_WATCHED =
            FeatureField.itemSequence("long_watched", ITEMS + FeatureField.FIRST, LONGEST);
    private static final FeatureField MOOD = FeatureField.categorical(FeatureScope.USER, "mood", 3);

    static final FeatureSchema SCHEMA =
            new FeatureSchema(
                    FeatureSchema.FORMAT,
                    "factors",
                    0,
                    List.of(MOOD, LONG_WATCHED, WATCHED),
                    Map.of());

    /** Of histories that tell nothing of long views. */
    static final FeatureSchema PLAIN_SCHEMA =
            new FeatureSchema(FeatureSchema.FORMAT, "plain", 0, List.of(WATCHED), Map.of());

    private FactorWorld() {}

    /** A table of one user, by ordinals of what was watched and of what was watched for long. */
    static RowTable user(int[] watched, int[] longWatched) {
        try (RowTable.Builder rows = RowTable.builder(SCHEMA.layout(FeatureScope.USER), 1)) {
            rows.append(77);
            rows.category(MOOD, 2);
            rows.values(WATCHED, ids(watched), 0, watched.length);
            rows.values(LONG_WATCHED, ids(longWatched), 0, longWatched.length);
            return rows.build();
        }
    }

    /** A table of one user whose row has a history and no more. */
    static RowTable plainUser(int... watched) {
        try (RowTable.Builder rows = RowTable.builder(PLAIN_SCHEMA.layout(FeatureScope.USER), 1)) {
            rows.append(77);
            rows.values(WATCHED, ids(watched), 0, watched.length);
            return rows.build();
        }
    }

    static float[] gaussians(int count, long seed) {
        SplitRandom random = new SplitRandom(seed);
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (float) random.nextGaussian();
        }
        return numbers;
    }

    private static int[] ids(int[] ordinals) {
        int[] ids = ordinals.clone();
        for (int i = 0; i < ids.length; i++) {
            ids[i] += FeatureField.FIRST;
        }
        return ids;
    }
}
