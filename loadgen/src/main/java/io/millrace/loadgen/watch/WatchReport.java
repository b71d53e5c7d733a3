package io.millrace.loadgen.watch;

import com.fasterxml.jackson.core.JsonProcessingException;

import io.millrace.core.metrics.Figures;
import io.millrace.core.metrics.ProcessUsage;

import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Optional;

/**
 * What both processes did during the measured part of a run.
 *
 * @param seconds how long they were watched.
 * @param generator what the generator used.
 * @param server what the server told, where it did at the beginning and later.
 * @param isServerWhole whether it told until the end.
 * @param series second by second.
 */
public record WatchReport(
        double seconds,
        ProcessUsage generator,
        Optional<ServerSample> server,
        boolean isServerWhole,
        List<WatchSecond> series) {
    private static final double MS_PER_SECOND = 1e3;
    private static final double NS_PER_US = 1e3;
    private static final double BYTES_PER_MIB = 1 << 20;
    private static final double MEDIAN = 0.5;
    private static final double RARE = 0.99;

    /** Samples are taken each second, so one may lie a little behind the beginning. */
    private static final long TOLERANCE_MS = 500;

    /** Copies the list. */
    public WatchReport {
        series = List.copyOf(series);
    }

    /**
     * Of what was seen before, during and after a run.
     *
     * @param early samples in their order, at least one; the measured part began behind the first.
     * @param told the last one in which the server told anything; null where there is none.
     * @param last of all.
     * @param seconds between all samples.
     * @param startMs when the measured part began, in milliseconds since 1970.
     */
    static WatchReport of(
            List<WatchSample> early,
            @Nullable WatchSample told,
            WatchSample last,
            List<WatchSecond> seconds,
            long startMs) {
        WatchSample before = early.getFirst();
        for (WatchSample sample : early) {
            before = sample.atMs() <= startMs + TOLERANCE_MS ? sample : before;
        }
        double from = before.atMs() / MS_PER_SECOND;
        return new WatchReport(
                Math.max(1, last.atMs() - before.atMs()) / MS_PER_SECOND,
                last.generator().since(before.generator()),
                told == null ? Optional.empty() : between(before, told),
                last.server() != null,
                seconds.stream()
                        .filter(second -> second.endSeconds() > from)
                        .map(second -> second.since(startMs))
                        .toList());
    }

    /**
     * What hosts took of either machine in the worst second.
     *
     * @return processors.
     */
    public double mostStolen() {
        return series.stream().mapToDouble(WatchSecond::stolen).max().orElse(0);
    }

    private static Optional<ServerSample> between(WatchSample before, WatchSample after) {
        ServerPage old = before.server();
        ServerPage now = after.server();
        // Another process may have taken its place.
        if (old == null || now == null || after.atMs() <= before.atMs() || !now.follows(old)) {
            return Optional.empty();
        }
        try {
            return Optional.of(ServerSample.of(now).since(ServerSample.of(old)));
        } catch (JsonProcessingException | IllegalArgumentException e) {
            // What was asked at the start made sense; what was seen of the run is worth more.
            return Optional.empty();
        }
    }

    /**
     * Where the server's time went for requests around the median.
     *
     * @return nothing where the server told nothing.
     */
    public Optional<StageTimes> atMedian() {
        return server.map(sample -> StageTimes.at(sample.bands(), MEDIAN));
    }

    /**
     * Where it went for requests around the 99th percentile.
     *
     * @return nothing where the server told nothing.
     */
    public Optional<StageTimes> atP99() {
        return server.map(sample -> StageTimes.at(sample.bands(), RARE));
    }

    /**
     * All figures by flat keys; those of the server only where it told any.
     *
     * @return a new object.
     */
    public Figures figures() {
        Figures figures = new Figures().put("watched_s", seconds);
        putUsage(figures, "generator", generator, seconds);
        server.ifPresent(
                sample -> {
                    putUsage(figures, "server", sample.usage(), sample.uptimeSeconds());
                    putServer(figures, sample);
                });
        figures.put("server.whole", isServerWhole ? 1 : 0);
        return figures.put("watch", series.stream().map(WatchSecond::figures).toList());
    }

    private static void putUsage(
            Figures figures, String process, ProcessUsage usage, double seconds) {
        figures.put(process + ".cpu", usage.cpuSeconds() / seconds)
                .put(process + ".cpu_s", usage.cpuSeconds())
                .put(process + ".stolen", usage.stolenSeconds() / seconds)
                .put(process + ".voluntary_switches", usage.voluntarySwitches())
                .put(process + ".involuntary_switches", usage.involuntarySwitches())
                .put(process + ".minor_faults", usage.minorFaults())
                .put(process + ".major_faults", usage.majorFaults())
                .put(process + ".rss_mb", usage.residentBytes() / BYTES_PER_MIB)
                .put(process + ".allocated_bytes", usage.allocatedBytes())
                .put(process + ".collections", usage.collections())
                .put(process + ".collection_s", usage.collectionSeconds());
    }

    private void putServer(Figures figures, ServerSample sample) {
        figures.put("server.answered", sample.answered())
                .put("server.refused", sample.refused())
                .put("server.degraded", sample.degraded())
                .put(
                        "server.allocated_bytes_per_request",
                        sample.servingBytes() / (double) Math.max(1, sample.answered()));
        putTimes(figures, "server.hiccup", sample.hiccups());
        putTimes(figures, "server.service", sample.service());
        sample.stages()
                .forEach((stage, times) -> putTimes(figures, "server.stage." + stage, times));
        atMedian().ifPresent(times -> putStages(figures, "server.at_p50", times));
        atP99().ifPresent(times -> putStages(figures, "server.at_p99", times));
    }

    private static void putTimes(Figures figures, String name, Histogram times) {
        if (times.getTotalCount() > 0) {
            figures.put(name + ".mean_us", times.getMean() / NS_PER_US)
                    .put(name + ".p50_us", times.getValueAtPercentile(50) / NS_PER_US)
                    .put(name + ".p99_us", times.getValueAtPercentile(99) / NS_PER_US)
                    .put(name + ".max_us", times.getMaxValue() / NS_PER_US);
        }
    }

    private static void putStages(Figures figures, String name, StageTimes times) {
        figures.put(name + ".service_us", times.serviceUs());
        times.stagesUs().forEach((stage, us) -> figures.put(name + "." + stage + "_us", us));
    }
}
