package io.millrace.server.metrics;

/**
 * A number that goes up and down.
 *
 * @param name in lower case with underscores, unit at the end
 * @param label {@code name="value"} of its label, or empty
 * @param description one sentence
 * @param value now
 */
public record Gauge(String name, String label, String description, double value) {
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
