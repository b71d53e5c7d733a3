package io.millrace.ranker.feedback;

import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureRate;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * What is counted of items, beside all of them together and each by itself.
 *
 * @param fields names of fields of the items whose values are counted: categories or tags.
 * @param halfLifeMs after which a count is worth half, in milliseconds.
 */
public record CountingPlan(List<String> fields, long halfLifeMs) {
    /** Copies the list. */
    public CountingPlan {
        fields = List.copyOf(fields);
    }

    /**
     * What is counted for people to look at, creators and tags, and what rates need.
     *
     * @param schema the declared features.
     * @param creatorField name of the field that says who made an item; empty for none.
     * @param halfLifeMinutes after which a count is worth half: where the schema declares rates,
     *     theirs.
     * @return the plan.
     */
    public static CountingPlan of(FeatureSchema schema, String creatorField, int halfLifeMinutes) {
        Set<String> names = new LinkedHashSet<>();
        if (!creatorField.isEmpty()) {
            names.add(creatorField);
        }
        for (FeatureField field : schema.fields(FeatureScope.ITEM)) {
            if (field.isTags()) {
                names.add(field.name());
            }
        }
        for (FeatureField field : schema.fields(FeatureScope.IMPRESSION)) {
            FeatureRate rate = field.rate();
            // Each item is counted by itself as it is.
            if (rate != null && !schema.field(rate.of()).table().equals(FeatureField.ITEM_TABLE)) {
                names.add(rate.of());
            }
        }
        return new CountingPlan(List.copyOf(names), TimeUnit.MINUTES.toMillis(halfLifeMinutes));
    }
}
