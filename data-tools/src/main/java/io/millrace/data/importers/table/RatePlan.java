package io.millrace.data.importers.table;

import io.millrace.core.error.MillraceException;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureRate;

import org.jspecify.annotations.Nullable;

/**
 * A rate that becomes a feature: how often something happened of late to what is shown.
 *
 * @param name name of the feature.
 * @param event what is counted.
 * @param of category or tags of the items; {@code item_id} for each item by itself.
 * @param halfLifeMinutes after which an event counts half, the same in all rates of a data set.
 * @param usual the rate that those with few impressions are drawn to; where it is left out, the
 *     mean of the impressions to train on.
 * @param priorImpressions by how many impressions at that rate they are drawn; 20 where it is left
 *     out.
 */
public record RatePlan(
        String name,
        FeatureRate.Event event,
        String of,
        int halfLifeMinutes,
        @Nullable Float usual,
        @Nullable Float priorImpressions) {
    /** Drawn to the usual rate by so many impressions where nothing else is said. */
    public static final float DEFAULT_PRIOR = 20;

    /** Validates. */
    public RatePlan {
        if (name == null || name.isBlank()) {
            throw MillraceException.badInput(
                    "a rate has no name: event=%s, of=%s; add the key name", event, of);
        }
        // What can't be is refused before events are read.
        rate(event, of, halfLifeMinutes, usual, priorImpressions, 0);
    }

    private static FeatureRate rate(
            FeatureRate.Event event,
            String of,
            int halfLifeMinutes,
            @Nullable Float usual,
            @Nullable Float priorImpressions,
            float mean) {
        return new FeatureRate(
                event,
                of,
                halfLifeMinutes,
                usual == null ? mean : usual,
                priorImpressions == null ? DEFAULT_PRIOR : priorImpressions);
    }

    /** The feature, whose numbers have no scale yet. */
    FeatureField field(EventSlice train) {
        float mean = usual == null ? (float) PastRates.mean(event, train) : 0;
        FeatureRate rate = rate(event, of, halfLifeMinutes, usual, priorImpressions, mean);
        return FeatureField.rate(name, rate, 0, 1);
    }
}
