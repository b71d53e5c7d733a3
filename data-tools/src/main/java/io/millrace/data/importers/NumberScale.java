package io.millrace.data.importers;

/**
 * Mean and deviation of a numeric feature, missing values left out, in double precision and in the
 * order of the rows.
 *
 * <p>Threading: one thread.
 */
final class NumberScale {
    private double sum;
    private double squares;
    private long count;

    static NumberScale of(float[] values) {
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

    float mean() {
        return count == 0 ? 0 : (float) (sum / count);
    }

    float standardDeviation() {
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
