package io.millrace.data.dataset;

/**
 * Mean and deviation of a numeric feature, missing values left out, in double precision and in the
 * order of the rows.
 *
 * <p>Threading: one thread.
 */
public final class NumberScale {
    private double sum;
    private double squares;
    private long count;

    private NumberScale() {}

    /**
     * Measures values.
     *
     * @param values the values, NaN where missing.
     * @return their scale.
     */
    public static NumberScale of(float[] values) {
        NumberScale scale = new NumberScale();
        for (float value : values) {
            if (!Float.isNaN(value)) {
                scale.sum += value;
                scale.squares += (double) value * value;
                scale.count++;
            }
        }
        return scale;
    }

    /**
     * Mean of the values that are there.
     *
     * @return 0 without any.
     */
    public float mean() {
        return count == 0 ? 0 : (float) (sum / count);
    }

    /**
     * Deviation of the values that are there.
     *
     * @return above 0; 1 for a constant or without any.
     */
    public float standardDeviation() {
        if (count == 0) {
            return 1;
        }
        double mean = sum / count;
        double variance = Math.max(0, squares / count - mean * mean);
        float deviation = (float) Math.sqrt(variance);
        // Rounding leaves a trace of a deviation where all values are equal; dividing by it would
        // blow noise up.
        return deviation < 1e-6 * (Math.abs(mean) + 1e-6) ? 1 : deviation;
    }
}
