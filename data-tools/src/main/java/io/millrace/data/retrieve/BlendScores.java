package io.millrace.data.retrieve;

/**
 * By towers, factors and trend together. The towers speak in logarithms of odds, divided by a
 * temperature; factors estimate a share, so their logarithm is taken; the trend is one of a ratio.
 * Each is brought to mean 0 and deviation 1 over all items of the user and weighted.
 *
 * <p>How it was chosen: docs/decisions/0018-retrievers-beside-the-towers.md.
 */
final class BlendScores implements ItemScores {
    private static final float TREND_WEIGHT = 0.3f;

    /** Below this share, what factors say of an item is noise. */
    private static final float LEAST_SHARE = 0.03f;

    private final ItemScores towers;
    private final ItemScores factors;
    private final float[] trend;
    private final float[] ofFactors;

    BlendScores(ItemScores towers, ItemScores factors, float[] trend) {
        this.towers = towers;
        this.factors = factors;
        this.trend = trend.clone();
        this.ofFactors = new float[trend.length];
        standardise(this.trend);
    }

    @Override
    public void scoreInto(int user, float[] scores) {
        towers.scoreInto(user, scores);
        standardise(scores);
        factors.scoreInto(user, ofFactors);
        for (int item = 0; item < ofFactors.length; item++) {
            ofFactors[item] = (float) Math.log(Math.max(ofFactors[item], 0) + LEAST_SHARE);
        }
        standardise(ofFactors);
        for (int item = 0; item < ofFactors.length; item++) {
            scores[item] += ofFactors[item] + TREND_WEIGHT * trend[item];
        }
    }

    /** Brings values to mean 0 and deviation 1; values that are all the same become 0. */
    static void standardise(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += value;
        }
        double mean = sum / values.length;
        double squares = 0;
        for (float value : values) {
            squares += (value - mean) * (value - mean);
        }
        double deviation = Math.sqrt(squares / values.length);
        for (int i = 0; i < values.length; i++) {
            values[i] = deviation < 1e-9 ? 0 : (float) ((values[i] - mean) / deviation);
        }
    }
}
