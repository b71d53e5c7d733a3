package io.millrace.loadgen.report;

import io.millrace.core.metrics.Figures;

import org.HdrHistogram.Histogram;

import java.util.List;

/**
 * What became of the requests of one kind, or of several: {@code planned = answered + refused +
 * errors}.
 *
 * @param name of the kind, as {@code upsert}.
 * @param isChange whether it changes what is served.
 * @param planned requests of the plan; in a closed loop those that were sent.
 * @param sent handed to a connection.
 * @param answered with status OK.
 * @param refused for whatever reason.
 * @param overloaded of those, for lack of room or time of the server.
 * @param changesRefused of those, because the server takes no changes now.
 * @param errors timeouts, lost and failed together.
 * @param latency nanoseconds from the intended start, in a closed loop from the sending, to the OK
 *     answer.
 */
public record TypeReport(
        String name,
        boolean isChange,
        long planned,
        long sent,
        long answered,
        long refused,
        long overloaded,
        long changesRefused,
        long errors,
        Histogram latency) {
    /** The kind of all that only ask. */
    public static final String READS = "reads";

    /** The kind of all that change what is served. */
    public static final String CHANGES = "changes";

    /** The kind of all requests. */
    public static final String ALL = "all";

    /**
     * Whether a kind, which may be of several types, has a type of request.
     *
     * @param kind the kind.
     * @param type name of the type.
     * @param isChange whether the type changes what is served.
     * @return true where it is the type itself, or a group that it is in.
     */
    public static boolean isOf(String kind, String type, boolean isChange) {
        return switch (kind) {
            case READS -> !isChange;
            case CHANGES -> isChange;
            case ALL -> true;
            default -> kind.equals(type);
        };
    }

    /** All of several kinds. */
    static TypeReport sum(String name, List<TypeReport> types) {
        Histogram latency = LoadTally.newHistogram();
        types.forEach(type -> latency.add(type.latency()));
        return new TypeReport(
                name,
                types.stream().anyMatch(TypeReport::isChange),
                types.stream().mapToLong(TypeReport::planned).sum(),
                types.stream().mapToLong(TypeReport::sent).sum(),
                types.stream().mapToLong(TypeReport::answered).sum(),
                types.stream().mapToLong(TypeReport::refused).sum(),
                types.stream().mapToLong(TypeReport::overloaded).sum(),
                types.stream().mapToLong(TypeReport::changesRefused).sum(),
                types.stream().mapToLong(TypeReport::errors).sum(),
                latency);
    }

    /**
     * Latency that a part of the OK answers kept to.
     *
     * @param percentile above 0 to 100.
     * @return microseconds; 0 where there was no answer.
     */
    public double latencyUs(double percentile) {
        return latency.getValueAtPercentile(percentile) / LoadTally.NS_PER_US;
    }

    /** All figures by flat keys; what was planned only where there was a plan. */
    Figures figures(boolean isClosedLoop) {
        String prefix = "by_kind." + name + ".";
        Figures figures = new Figures();
        if (!isClosedLoop) {
            figures.put(prefix + "planned", planned);
        }
        return figures.put(prefix + "sent", sent)
                .put(prefix + "answered", answered)
                .put(prefix + "refused", refused)
                .put(prefix + "overloaded", overloaded)
                .put(prefix + "changes_refused", changesRefused)
                .put(prefix + "errors", errors)
                .put(prefix + "p50_us", latencyUs(50))
                .put(prefix + "p99_us", latencyUs(99))
                .put(prefix + "p999_us", latencyUs(99.9))
                .put(prefix + "max_us", latencyUs(100));
    }
}
