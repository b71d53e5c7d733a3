package io.millrace.ranker.features;

import io.millrace.core.error.MillraceException;

/**
 * What a {@link ValueEncoding#RATE} field is the rate of: events by impressions, each worth half
 * after the half-life, and the rate drawn towards the usual one as if by some more impressions.
 *
 * @param event what is counted.
 * @param of category or tags of the items; what happens to any item of the same value counts. The
 *     id of the items is one too, for what happens to the item alone.
 * @param halfLifeMinutes after which an event counts half, the same in all rates of a schema.
 * @param usual the rate of everything, 0 to 1.
 * @param priorImpressions as if it had been shown so often more, at the usual rate; 0 or more.
 */
public record FeatureRate(
        Event event, String of, int halfLifeMinutes, float usual, float priorImpressions) {
    /** The longest half-life, ten years. */
    public static final int MOST_HALF_LIFE_MINUTES = 5_256_000;

    /** What is counted. */
    public enum Event {
        /** It is clicked. */
        CLICK,
        /** It is watched; counts as the share that was watched. */
        WATCH
    }

    /** Validates. */
    public FeatureRate {
        boolean isGood =
                event != null
                        && of != null
                        && halfLifeMinutes >= 1
                        && halfLifeMinutes <= MOST_HALF_LIFE_MINUTES
                        && usual >= 0
                        && usual <= 1
                        && priorImpressions >= 0
                        && Float.isFinite(priorImpressions);
        if (!isGood) {
            throw MillraceException.badInput(
                    "bad rate: event=%s, of=%s, halfLifeMinutes=%d, usual=%s, priorImpressions=%s;"
                            + " event is CLICK or WATCH, halfLifeMinutes 1 to %d, usual 0 to 1,"
                            + " priorImpressions 0 or more",
                    event, of, halfLifeMinutes, usual, priorImpressions, MOST_HALF_LIFE_MINUTES);
        }
    }
}
