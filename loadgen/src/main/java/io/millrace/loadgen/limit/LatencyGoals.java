package io.millrace.loadgen.limit;

import io.millrace.core.error.MillraceException;
import io.millrace.loadgen.plan.RequestMix;
import io.millrace.loadgen.plan.RequestType;
import io.millrace.loadgen.report.LoadReport;
import io.millrace.loadgen.report.TypeReport;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the 99th percentile of latency from the intended start may be at most, by kind of request. A
 * kind is that of a request, as {@code upsert}, or {@code reads}, {@code changes} or {@code all}
 * for several of them together: reads wait for a processor and changes for a disk, so one figure
 * over both tells of the mix.
 *
 * @param p99Ms milliseconds by kind; a kind that is not named may take any time.
 */
public record LatencyGoals(Map<String, Double> p99Ms) {
    private static final double MOST_P99_MS = 600_000;
    private static final double MS_PER_US = 1e-3;

    /** Kinds of several types of requests. */
    private static final List<String> GROUPS =
            List.of(TypeReport.READS, TypeReport.CHANGES, TypeReport.ALL);

    /** Checks every value, and copies the map. */
    public LatencyGoals {
        p99Ms = Collections.unmodifiableMap(new LinkedHashMap<>(p99Ms));
        p99Ms.forEach(
                (kind, ms) -> {
                    if (!isKind(kind)) {
                        throw MillraceException.usage(
                                "no kind of request: kind=%s, known=%s; name one of those",
                                kind, known());
                    }
                    if (!(ms > 0 && ms <= MOST_P99_MS)) {
                        throw MillraceException.usage(
                                "out of range: p99Ms=%s, kind=%s, limit=above 0 to %.0f",
                                ms, kind, MOST_P99_MS);
                    }
                });
    }

    private static boolean isKind(String name) {
        return GROUPS.contains(name)
                || Arrays.stream(RequestType.values()).anyMatch(type -> type.label().equals(name));
    }

    private static String known() {
        return Stream.concat(
                        GROUPS.stream(),
                        Arrays.stream(RequestType.values()).map(RequestType::label))
                .collect(Collectors.joining(" "));
    }

    /**
     * A limit of one kind.
     *
     * @param kind which.
     * @param ms the limit.
     * @return the goals.
     */
    public static LatencyGoals of(String kind, double ms) {
        return new LatencyGoals(Map.of(kind, ms));
    }

    /**
     * Reads goals as people write them: {@code 5} of all reads, {@code recommend=5,upsert=20} by
     * kind, or both.
     *
     * @param text the goals.
     * @return at least one.
     * @throws MillraceException USAGE where one makes no sense, or a kind has two.
     */
    public static LatencyGoals parse(String text) {
        Map<String, Double> goals = new LinkedHashMap<>();
        for (String part : text.split(",", -1)) {
            int equals = part.indexOf('=');
            String kind = equals < 0 ? TypeReport.READS : part.substring(0, equals).strip();
            double ms = milliseconds(part.substring(equals + 1).strip(), text);
            if (goals.putIfAbsent(kind, ms) != null) {
                throw MillraceException.usage(
                        "two limits of one kind: kind=%s, p99Ms='%s'; leave one out", kind, text);
            }
        }
        return new LatencyGoals(goals);
    }

    private static double milliseconds(String number, String text) {
        try {
            return Double.parseDouble(number);
        } catch (NumberFormatException e) {
            throw MillraceException.usage(
                    "no milliseconds: p99Ms='%s'; write them as 5 or recommend=5,upsert=20", text);
        }
    }

    /**
     * Makes sure that a load has requests of every kind that is named.
     *
     * @param mix what is asked for and changed.
     * @throws MillraceException USAGE naming the kind that it has not.
     */
    public void requireIn(RequestMix mix) {
        for (String kind : p99Ms.keySet()) {
            if (share(mix, kind) == 0) {
                String has =
                        Arrays.stream(RequestType.values())
                                .filter(type -> mix.share(type) > 0)
                                .map(RequestType::label)
                                .collect(Collectors.joining(" "));
                throw MillraceException.usage(
                        "no requests of a kind with a limit: kind=%s, p99Ms=%s, kinds of the"
                                + " load=%s; name one of those, or give it a share",
                        kind, p99Ms.get(kind), has);
            }
        }
    }

    /**
     * The least part of all requests that a limit is judged by.
     *
     * @param mix what is asked for and changed.
     * @return up to 1; 1 where nothing is judged.
     */
    public double leastShare(RequestMix mix) {
        return p99Ms.keySet().stream().mapToDouble(kind -> share(mix, kind)).min().orElse(1);
    }

    private static double share(RequestMix mix, String kind) {
        double share = 0;
        for (RequestType type : RequestType.values()) {
            if (TypeReport.isOf(kind, type.label(), type.isChange())) {
                share += mix.share(type);
            }
        }
        return share;
    }

    /**
     * The 99th percentile of a kind in a run.
     *
     * @param report of the run.
     * @param kind which.
     * @return milliseconds; empty where none of them was answered.
     */
    public static Optional<Double> measured(LoadReport report, String kind) {
        TypeReport all = report.of(kind);
        return all.answered() == 0 ? Optional.empty() : Optional.of(all.latencyUs(99) * MS_PER_US);
    }

    /**
     * Kinds that took longer in a run than they may, or of which none was answered.
     *
     * @param report of the run.
     * @return in the order of the goals.
     */
    public List<String> missed(LoadReport report) {
        List<String> missed = new ArrayList<>();
        p99Ms.forEach(
                (kind, ms) -> {
                    if (measured(report, kind).orElse(Double.POSITIVE_INFINITY) > ms) {
                        missed.add(kind);
                    }
                });
        return missed;
    }
}
