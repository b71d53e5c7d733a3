package io.millrace.ranker.factors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowTable;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

final class WatchWeightsTest {
    @Test
    void shouldTakeEachItemOnceAndLongViewsForMore() {
        WatchWeights weights = new WatchWeights(FactorWorld.SCHEMA, 0.75f);
        try (RowTable user = FactorWorld.user(new int[] {9, 3, 9, 0, 21}, new int[] {3, 69, 3})) {
            weights.read(user.segment(), user.offset(0));
        }
        assertItems(weights, 9, 3, 0, 21, 69);
        assertWeights(weights, 1, 1.75f, 1, 1, 1.75f);
    }

    @Test
    void shouldForgetTheUserBefore() {
        WatchWeights weights = new WatchWeights(FactorWorld.SCHEMA, 1);
        try (RowTable longer = FactorWorld.user(new int[] {1, 2, 3}, new int[] {1, 2, 3});
                RowTable user = FactorWorld.user(new int[] {3}, new int[0]);
                RowTable newcomer = FactorWorld.user(new int[0], new int[0])) {
            weights.read(longer.segment(), longer.offset(0));
            weights.read(user.segment(), user.offset(0));
            assertItems(weights, 3);
            assertWeights(weights, 1);
            weights.read(newcomer.segment(), newcomer.offset(0));
            assertEquals(0, weights.count());
        }
    }

    /** Ids below the first of an item stand for one that is missing or not of the catalogue. */
    @Test
    void shouldPassOverWhatIsNoItem() {
        WatchWeights weights = new WatchWeights(FactorWorld.SCHEMA, 1);
        try (RowTable user = FactorWorld.user(new int[] {5, -1, -2, 6}, new int[0])) {
            weights.read(user.segment(), user.offset(0));
        }
        assertItems(weights, 5, 6);
    }

    @Test
    void shouldWeighAllAlikeWhenNothingTellsOfLongViews() {
        WatchWeights weights = new WatchWeights(FactorWorld.PLAIN_SCHEMA, 1);
        try (RowTable user = FactorWorld.plainUser(5, 6)) {
            weights.read(user.segment(), user.offset(0));
        }
        assertItems(weights, 5, 6);
        assertWeights(weights, 1, 1);
    }

    @Test
    void shouldRefuseASchemaWithoutHistories() {
        FeatureSchema schema =
                new FeatureSchema(
                        FeatureSchema.FORMAT,
                        "ads",
                        0,
                        List.of(FeatureField.categorical(FeatureScope.USER, "mood", 3)),
                        Map.of());
        MillraceException e =
                assertThrows(MillraceException.class, () -> new WatchWeights(schema, 1));
        assertEquals(ErrorCode.BAD_INPUT, e.code());
    }

    private static void assertItems(WatchWeights weights, int... items) {
        assertArrayEquals(items, Arrays.copyOf(weights.items(), weights.count()));
    }

    private static void assertWeights(WatchWeights weights, float... expected) {
        assertArrayEquals(expected, Arrays.copyOf(weights.weights(), weights.count()));
    }
}
