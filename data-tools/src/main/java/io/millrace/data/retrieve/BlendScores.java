package io.millrace.data.retrieve;

import io.millrace.ranker.retrieval.Blend;

/**
 * By towers, factors and trend together. The towers speak in logarithms of odds, divided by a
 * temperature; factors estimate a share, so their logarithm is taken; the trend is one of a ratio.
 * Each is brought to mean 0 and deviation 1 over all items of the user and weighted. A bundle that
 * retrieves so scores its candidates alike, and finds them by {@link Blend}.
 *
 * <p>How it was chosen: docs/decisions/0018-retrievers-beside-the-towers.md.
 */
final class BlendScores implements ItemScores {
    private final ItemScores towers;
    private final ItemScores factors;
    private final float[] trend;
    private final float[] ofFactors;

    /**
     * A blend.
     *
     * @param trend in deviations from the mean.
     */
    BlendScores(ItemScores towers, ItemScores factors, float[] trend) {
        this.towers = towers;
        this.factors = factors;
        this.trend = trend;
        this.ofFactors = new float[trend.length];
    }

    @Override
    public void scoreInto(int user, float[] scores) {
        towers.scoreInto(user, scores);
        Trend.standardise(scores);
        factors.scoreInto(user, ofFactors);
        for (int item = 0; item < ofFactors.length; item++) {
            ofFactors[item] = Blend.logarithm(ofFactors[item]);
        }
        Trend.standardise(ofFactors);
        for (int item = 0; item < ofFactors.length; item++) {
            scores[item] += ofFactors[item] + Blend.TREND_WEIGHT * trend[item];
        }
    }
}
