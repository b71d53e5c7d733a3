package io.millrace.cli.report;

import io.millrace.cli.console.Texts;
import io.millrace.cli.report.ReportData.Curve;
import io.millrace.cli.report.ReportData.Fact;
import io.millrace.cli.report.ReportData.Flame;
import io.millrace.cli.report.ReportData.FlamePart;
import io.millrace.cli.report.ReportData.ProcessSecond;
import io.millrace.cli.report.ReportData.Table;
import io.millrace.core.metrics.ProcessUsage;
import io.millrace.loadgen.report.LoadReport;
import io.millrace.loadgen.watch.ServerSample;
import io.millrace.loadgen.watch.StageTimes;
import io.millrace.loadgen.watch.WatchReport;

import org.HdrHistogram.Histogram;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/** Parts of a report that tell of both processes. */
public final class WatchParts {
    private static final double NS_PER_US = 1e3;
    private static final double PERCENT = 100;

    private WatchParts() {}

    /**
     * Percentile curves of the server.
     *
     * @param watch what was seen.
     * @return its time and its hiccups, where it told of them.
     */
    public static List<Curve> curves(WatchReport watch) {
        return watch.server()
                .map(
                        server ->
                                List.of(
                                        new Curve("in the server", server.service()),
                                        new Curve(
                                                "hiccups of the server's machine",
                                                server.hiccups())))
                .orElse(List.of());
    }

    /**
     * How busy both were.
     *
     * @param watch what was seen.
     * @return one for about each second.
     */
    public static List<ProcessSecond> load(WatchReport watch) {
        return watch.series().stream()
                .filter(second -> second.endSeconds() > 0)
                .map(
                        second ->
                                new ProcessSecond(
                                        second.endSeconds(),
                                        second.generatorCpu(),
                                        second.serverCpu(),
                                        second.stolen()))
                .toList();
    }

    /**
     * Where the time goes at the median and at the 99th percentile.
     *
     * @param load what the generator saw.
     * @param watch what was seen of the server.
     * @return nothing where the server told nothing.
     */
    public static List<Flame> flames(LoadReport load, WatchReport watch) {
        List<Flame> flames = new ArrayList<>();
        watch.atMedian().ifPresent(times -> add(flames, "around the median", load, 50, times));
        watch.atP99()
                .ifPresent(times -> add(flames, "around the 99th percentile", load, 99, times));
        return flames;
    }

    private static void add(
            List<Flame> flames,
            String title,
            LoadReport load,
            double percentile,
            StageTimes times) {
        if (times.serviceUs() <= 0) {
            return;
        }
        double latency = load.latency().getValueAtPercentile(percentile) / NS_PER_US;
        double service = load.service().getValueAtPercentile(percentile) / NS_PER_US;
        List<FlamePart> stages = new ArrayList<>();
        times.stagesUs().forEach((stage, us) -> stages.add(new FlamePart(stage, us)));
        List<List<FlamePart>> rows = new ArrayList<>();
        if (!load.plan().isClosedLoop()) {
            rows.add(List.of(new FlamePart(LoadParts.INTENDED_START, latency)));
        }
        rows.add(List.of(new FlamePart(LoadParts.SENDING, service)));
        rows.add(List.of(new FlamePart("in the server", times.serviceUs())));
        rows.add(stages);
        flames.add(new Flame(title, rows));
    }

    /**
     * Stages, and both processes side by side.
     *
     * @param load what the generator saw.
     * @param watch what was seen of both.
     * @return the tables.
     */
    public static List<Table> tables(LoadReport load, WatchReport watch) {
        List<Table> tables = new ArrayList<>();
        watch.server().ifPresent(server -> tables.add(stages(watch, server)));
        tables.add(processes(load, watch));
        return tables;
    }

    private static Table stages(WatchReport watch, ServerSample server) {
        List<List<String>> rows = new ArrayList<>();
        server.stages()
                .forEach(
                        (stage, times) -> {
                            if (times.getTotalCount() > 0) {
                                rows.add(
                                        List.of(
                                                stage,
                                                at(watch.atMedian(), stage),
                                                at(watch.atP99(), stage),
                                                micros(times, 50),
                                                micros(times, 99)));
                            }
                        });
        rows.add(
                List.of(
                        "all",
                        watch.atMedian().map(times -> Texts.micros(times.serviceUs())).orElse("-"),
                        watch.atP99().map(times -> Texts.micros(times.serviceUs())).orElse("-"),
                        micros(server.service(), 50),
                        micros(server.service(), 99)));
        return new Table(
                "Stages of the server",
                "Means of requests around the median and around the 99th percentile of all, which"
                        + " add up, and each stage's own percentiles, which do not.",
                List.of("stage", "around p50", "around p99", "its p50", "its p99"),
                rows);
    }

    private static String at(Optional<StageTimes> times, String stage) {
        Double us = times.map(StageTimes::stagesUs).map(map -> map.get(stage)).orElse(null);
        return us == null ? "-" : Texts.micros(us);
    }

    private static String micros(Histogram times, double percentile) {
        return Texts.micros(times.getValueAtPercentile(percentile) / NS_PER_US);
    }

    private static Table processes(LoadReport load, WatchReport watch) {
        Optional<ServerSample> server = watch.server();
        double seconds = watch.seconds();
        List<List<String>> rows = new ArrayList<>();
        rows.add(row("processors kept busy", watch, u -> u.cpuSeconds() / seconds, 2));
        rows.add(row("processors the host took", watch, u -> u.stolenSeconds() / seconds, 2));
        rows.add(rate("switches a second, voluntary", watch, ProcessUsage::voluntarySwitches));
        rows.add(rate("switches a second, forced", watch, ProcessUsage::involuntarySwitches));
        rows.add(rate("page faults a second, minor", watch, ProcessUsage::minorFaults));
        rows.add(rate("page faults a second, from disk", watch, ProcessUsage::majorFaults));
        rows.add(
                List.of(
                        "memory",
                        Texts.bytes(watch.generator().residentBytes()),
                        server.map(s -> Texts.bytes(s.usage().residentBytes())).orElse("-")));
        rows.add(
                List.of(
                        "allocated on the heap",
                        Texts.bytes(watch.generator().allocatedBytes()),
                        server.map(s -> Texts.bytes(s.usage().allocatedBytes())).orElse("-")));
        rows.add(row("collections of garbage", watch, ProcessUsage::collections, 0));
        rows.add(
                row(
                        "time of collections, % of the run",
                        watch, u -> PERCENT * u.collectionSeconds() / seconds, 2));
        rows.add(
                List.of(
                        "longest hiccup",
                        Texts.micros(load.hiccups().getMaxValue() / NS_PER_US),
                        server.map(s -> Texts.micros(s.hiccups().getMaxValue() / NS_PER_US))
                                .orElse("-")));
        return new Table(
                "Both processes",
                watch.isServerWhole() || server.isEmpty()
                        ? "Over " + Texts.seconds(seconds) + "."
                        : "Over " + Texts.seconds(seconds) + "; the server stopped telling before.",
                List.of("", "generator", "server"),
                rows);
    }

    private static List<String> rate(
            String name, WatchReport watch, ToLongFunction<ProcessUsage> count) {
        return row(name, watch, usage -> count.applyAsLong(usage) / watch.seconds(), 0);
    }

    private static List<String> row(
            String name, WatchReport watch, ToDoubleFunction<ProcessUsage> value, int digits) {
        return List.of(
                name,
                Texts.number(value.applyAsDouble(watch.generator()), digits),
                watch.server()
                        .map(s -> Texts.number(value.applyAsDouble(s.usage()), digits))
                        .orElse("-"));
    }

    /**
     * What the server runs on.
     *
     * @param watch what was seen.
     * @return nothing where it told nothing.
     */
    public static List<Fact> environment(WatchReport watch) {
        List<Fact> facts = new ArrayList<>();
        for (Map.Entry<String, String> fact :
                watch.server().map(ServerSample::environment).orElse(Map.of()).entrySet()) {
            facts.add(new Fact("server: " + fact.getKey(), fact.getValue()));
        }
        return facts;
    }
}
