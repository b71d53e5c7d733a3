package io.millrace.data.importers.mapped;

import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureScope;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * A feature that is the combination of categories of the same scope.
 *
 * @param name name of the feature.
 * @param scope whose feature it is.
 * @param crossOf names of two or more categories; {@code hour}, {@code day_of_week}, {@code
 *     user_id} and {@code item_id} are there without being mapped.
 * @param buckets how many ids the combinations are hashed to.
 */
public record MappedCross(
        String name, FeatureScope scope, List<String> crossOf, @Nullable Integer buckets) {
    private static final int DEFAULT_BUCKETS = 1 << 15;

    /** Validates. */
    public MappedCross {
        Mapping.require("name of a cross", name);
        Mapping.require("scope of " + name, scope);
        Mapping.require("crossOf of " + name, crossOf);
        crossOf = List.copyOf(crossOf);
        Mapping.requireRange("buckets", buckets, 1, Mapping.MOST_BUCKETS);
    }

    FeatureField field() {
        return FeatureField.crossed(
                scope, name, crossOf, buckets == null ? DEFAULT_BUCKETS : buckets);
    }
}
