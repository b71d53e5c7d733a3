package io.millrace.server.metrics;

/**
 * A number that is read when it is asked for.
 *
 * @param name in lower case with underscores, unit at the end; behind it {@code _total} where the
 *     number only grows
 * @param label {@code name="value"} of its label, or empty
 * @param description one sentence
 * @param value now
 */
public record Gauge(String name, String label, String description, double value) {
    private static final String COUNTED = "_total";

    /**
     * Whether the number only grows, or begins anew.
     *
     * @return false where it goes up and down
     */
    public boolean isCounter() {
        return name.endsWith(COUNTED);
    }

    /**
     * A number without a label.
     *
     * @param name in lower case with underscores, unit at the end
     * @param description one sentence
     * @param value now
     * @return the gauge
     */
    public static Gauge of(String name, String description, double value) {
        return new Gauge(name, "", description, value);
    }
}
