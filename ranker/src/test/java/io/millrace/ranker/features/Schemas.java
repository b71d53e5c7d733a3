package io.millrace.ranker.features;

import java.util.List;
import java.util.Map;

/** Schemas for tests. */
final class Schemas {
    static final int CHINA_MINUTES = 8 * 60;

    private Schemas() {}

    /** A small schema with every kind of field. */
    static FeatureSchema small() {
        return new FeatureSchema(
                FeatureSchema.FORMAT,
                "small",
                CHINA_MINUTES,
                List.of(
                        FeatureField.categorical(FeatureScope.USER, "gender", 4),
                        FeatureField.numeric(FeatureScope.USER, "age", 31, 9),
                        FeatureField.itemSequence("watched", 102, 5),
                        FeatureField.context("hour", 24, ContextSource.HOUR_OF_DAY, -1),
                        FeatureField.context("day", 7, ContextSource.DAY_OF_WEEK, -1),
                        FeatureField.context("position", 10, ContextSource.REQUEST, 0),
                        FeatureField.context("tab", 15, ContextSource.REQUEST, -1),
                        FeatureField.categorical(
                                FeatureScope.ITEM, "item", 102, FeatureField.ITEM_TABLE),
                        FeatureField.categorical(FeatureScope.ITEM, "creator", 12),
                        FeatureField.numeric(FeatureScope.ITEM, "duration", 0, 1),
                        FeatureField.tags(FeatureScope.ITEM, "tag", 6, 3)),
                Map.of(
                        "gender", new Vocabulary(List.of("female", "male")),
                        "tag", new Vocabulary(List.of("a", "b", "c", "d"))));
    }
}
