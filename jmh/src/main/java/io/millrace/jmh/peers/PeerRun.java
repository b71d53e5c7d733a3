package io.millrace.jmh.peers;

import io.millrace.core.metrics.Figures;
import io.millrace.jmh.peers.driver.BuiltLine;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/**
 * All that was measured of one engine, up to where it failed, if it did.
 *
 * <p>Threading: one thread.
 */
final class PeerRun {
    private final String name;
    private final List<Point> points = new ArrayList<>();
    private @Nullable BuiltLine built;
    private @Nullable ProcessMemory memory;
    private @Nullable String failure;

    PeerRun(String name) {
        this.name = name;
    }

    /**
     * One effort in one round.
     *
     * @param round from 1.
     */
    record Point(int round, int ef, double recall, double queriesPerSecond) {}

    void built(BuiltLine line) {
        built = line;
    }

    void memory(ProcessMemory seen) {
        memory = seen;
    }

    void add(Point point) {
        points.add(point);
    }

    void fail(String message) {
        failure = message;
    }

    /** The engine. */
    String name() {
        return name;
    }

    /** What it said of its index; null where it never had one. */
    @Nullable BuiltLine built() {
        return built;
    }

    /** Memory after the warm-up; null where it never came so far. */
    @Nullable ProcessMemory memory() {
        return memory;
    }

    /** Why it has no more to show, in one line; null where nothing went wrong. */
    @Nullable String failure() {
        return failure;
    }

    /** Speed over recall. */
    RecallCurve curve() {
        return RecallCurve.ofRounds(
                points.stream()
                        .map(
                                point ->
                                        new RecallCurve.Point(
                                                point.ef(),
                                                point.recall(),
                                                point.queriesPerSecond()))
                        .toList());
    }

    /** Everything, for programs. */
    Figures figures(List<Double> recalls) {
        Figures figures = new Figures().put("engine", name);
        BuiltLine index = built;
        if (index != null) {
            figures.put("version", index.version())
                    .put("kernels", index.kernels())
                    .put("build_seconds", index.buildSeconds())
                    .put("bytes_per_vector", index.bytesPerVector());
        }
        ProcessMemory seen = memory;
        if (seen != null) {
            figures.put("resident_mb", seen.residentMb()).put("huge_pages_mb", seen.hugePagesMb());
        }
        if (failure != null) {
            figures.put("failure", failure);
        }
        RecallCurve curve = curve();
        return figures.put("spread", curve.spread().orElse(Double.NaN))
                .put(
                        "at_recall",
                        recalls.stream()
                                .map(
                                        recall ->
                                                new Figures()
                                                        .put("recall", recall)
                                                        .put(
                                                                "queries_per_second",
                                                                curve.speedAt(recall)
                                                                        .orElse(Double.NaN)))
                                .toList())
                .put(
                        "points",
                        points.stream()
                                .map(
                                        point ->
                                                new Figures()
                                                        .put("round", point.round())
                                                        .put("ef", point.ef())
                                                        .put("recall", point.recall())
                                                        .put(
                                                                "queries_per_second",
                                                                point.queriesPerSecond()))
                                .toList());
    }
}
