package io.millrace.jmh.results;

import io.millrace.core.error.MillraceException;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What JMH measured of one benchmark with one choice of parameters.
 *
 * @param name class and method, without the package.
 * @param parameters what was chosen, by name.
 * @param mode {@code avgt}, {@code thrpt}, {@code sample} or {@code ss}.
 * @param unit of the scores, as in {@code us/op}.
 * @param forks scores of the iterations of each fork; at least one of each.
 */
public record BenchmarkScore(
        String name,
        Map<String, String> parameters,
        String mode,
        String unit,
        List<List<Double>> forks) {
    private static final Map<String, Double> SECONDS =
            Map.of("ns", 1e-9, "us", 1e-6, "ms", 1e-3, "s", 1.0);

    /** Copies, and validates. */
    public BenchmarkScore {
        parameters = new TreeMap<>(parameters);
        forks = forks.stream().map(List::copyOf).toList();
        boolean isGood =
                !forks.isEmpty()
                        && forks.stream()
                                .allMatch(
                                        fork ->
                                                !fork.isEmpty()
                                                        && fork.stream()
                                                                .allMatch(each -> each > 0));
        if (!isGood) {
            throw MillraceException.badInput(
                    "no scores of a benchmark: name=%s, forks=%s; scores must be above 0, run it"
                            + " again",
                    name, forks);
        }
    }

    /**
     * What tells it from others of a run.
     *
     * @return name, parameters and mode.
     */
    public String key() {
        String chosen =
                parameters.entrySet().stream()
                        .map(each -> each.getKey() + "=" + each.getValue())
                        .collect(Collectors.joining(" "));
        return (name + " " + chosen).strip() + (mode.equals("avgt") ? "" : " (" + mode + ")");
    }

    /**
     * Whether more is better.
     *
     * @return true for throughput.
     */
    public boolean isThroughput() {
        return mode.equals("thrpt");
    }

    /**
     * The mean score.
     *
     * @return in the unit; of the means of the forks.
     */
    public double mean() {
        return forks.stream().mapToDouble(BenchmarkScore::mean).average().orElseThrow();
    }

    /**
     * Mean time of an operation.
     *
     * @return seconds.
     * @throws MillraceException BAD_INPUT when the unit is none of time by operation.
     */
    public double secondsPerOperation() {
        String time = isThroughput() ? unit.replace("ops/", "") : unit.replace("/op", "");
        Double seconds = SECONDS.get(time);
        if (seconds == null) {
            throw MillraceException.badInput(
                    "unknown unit of a benchmark: name=%s, unit=%s; ns, us, ms and s are known",
                    name, unit);
        }
        return isThroughput() ? seconds / mean() : seconds * mean();
    }

    static double mean(List<Double> scores) {
        return scores.stream().mapToDouble(each -> each).average().orElseThrow();
    }
}
