package io.millrace.index.recall;

/**
 * Where the true recall lies, with 95 % confidence to either side, when a part of some trials were
 * hits (Wilson: Probable inference, the law of succession, and statistical inference, 1927). Unlike
 * the plain normal interval it also says something when all or none were hits.
 *
 * @param low not below 0.
 * @param high not above 1.
 */
public record RecallInterval(double low, double high) {
    /** A normal number is not so far above its mean with 95 % confidence. */
    private static final double DEVIATIONS = 1.645;

    /**
     * The interval around what was seen.
     *
     * @param recall part of the trials that were hits, 0 to 1.
     * @param trials how many independent trials there were; 0 tells nothing.
     * @return 0 to 1 at the widest.
     */
    public static RecallInterval of(double recall, double trials) {
        if (trials <= 0) {
            return new RecallInterval(0, 1);
        }
        double square = DEVIATIONS * DEVIATIONS / trials;
        double centre = recall + square / 2;
        double spread =
                DEVIATIONS * Math.sqrt(recall * (1 - recall) / trials + square / trials / 4);
        return new RecallInterval(
                Math.max(0, (centre - spread) / (1 + square)),
                Math.min(1, (centre + spread) / (1 + square)));
    }
}
