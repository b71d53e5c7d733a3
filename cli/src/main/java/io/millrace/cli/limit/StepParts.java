package io.millrace.cli.limit;

import io.millrace.cli.console.Texts;
import io.millrace.cli.report.LoadPage;
import io.millrace.cli.report.ReportData.LineGroup;
import io.millrace.cli.report.ReportData.Table;
import io.millrace.core.metrics.Figures;
import io.millrace.loadgen.limit.LimitStep;
import io.millrace.loadgen.watch.StageTimes;
import io.millrace.loadgen.watch.WatchReport;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Parts of a report that tell step by step of limits by kind, and of what the server said. */
final class StepParts {
    private static final double MS_PER_US = 1e-3;
    private static final double US_PER_MS = 1e3;

    /** As many stages as lines of one plot can be told apart, beside the whole. */
    private static final int MOST_STAGES = 4;

    private static final List<String> LEVERS =
            List.of("shallow_ranking", "fewer_candidates", "narrow_search", "light_ranking");
    private static final List<String> LEVER_LABELS =
            List.of("fewer ranked", "fewer candidates", "narrower search", "light ranker alone");

    private StepParts() {}

    /** The 99th percentile of each kind with a limit, where there are several. */
    static void addGoals(List<LineGroup> groups, List<LimitStep> steps) {
        List<String> kinds = kinds(steps);
        if (kinds.size() > 1) {
            LoadPage.addLines(
                    groups,
                    steps,
                    "99th percentile by kind and rate, in milliseconds",
                    kinds.stream().map(kind -> "goal." + kind + ".p99_us").toList(),
                    kinds,
                    MS_PER_US);
        }
    }

    private static List<String> kinds(List<LimitStep> steps) {
        return List.copyOf(steps.getFirst().goals().latency().p99Ms().keySet());
    }

    /** Which kind kept to its limit at which rate. */
    static List<Table> goals(List<LimitStep> steps) {
        List<String> kinds = kinds(steps);
        if (kinds.isEmpty()) {
            return List.of();
        }
        List<String> columns = new ArrayList<>(List.of("rate"));
        for (String kind : kinds) {
            double limit = steps.getFirst().goals().latency().p99Ms().getOrDefault(kind, 0.0);
            columns.add(kind + ", limit " + Texts.micros(limit * US_PER_MS));
        }
        columns.add("verdict");
        List<List<String>> rows = new ArrayList<>();
        for (LimitStep step : steps) {
            Figures figures = step.figures();
            List<String> row = new ArrayList<>(List.of(perSecond(step)));
            kinds.forEach(kind -> row.add(micros(figures, "goal." + kind + ".p99_us")));
            row.add(step.label());
            rows.add(row);
        }
        return List.of(
                new Table(
                        "Limits of the 99th percentile",
                        "From the intended start to the OK answer, by kind of request.",
                        columns,
                        rows));
    }

    /** What was given up at each rate, where anything was. */
    static void addGivenUp(List<LineGroup> groups, List<LimitStep> steps) {
        boolean isAny = steps.stream().anyMatch(step -> step.report().counts().degraded() > 0);
        if (isAny) {
            LoadPage.addLines(
                    groups,
                    steps,
                    "Answers for which something was given up, by rate",
                    LEVERS.stream().map(lever -> "degraded." + lever).toList(),
                    LEVER_LABELS,
                    1);
        }
    }

    /** Where the server's time went at each rate, and how busy it was. */
    static void addServer(List<LineGroup> groups, List<LimitStep> steps) {
        List<String> stages =
                stages(steps).entrySet().stream()
                        .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
                        .limit(MOST_STAGES)
                        .map(Map.Entry::getKey)
                        .toList();
        List<String> keys = new ArrayList<>(List.of("server.at_p99.service_us"));
        stages.forEach(stage -> keys.add("server.at_p99." + stage + "_us"));
        List<String> labels = new ArrayList<>(List.of("in the server"));
        labels.addAll(stages);
        LoadPage.addLines(
                groups,
                steps,
                "Where slow requests spend their time in the server, in milliseconds",
                keys,
                labels,
                MS_PER_US);
        LoadPage.addLines(
                groups,
                steps,
                "Processors kept busy, by rate",
                List.of("generator.cpu", "server.cpu"),
                List.of("by the generator", "by the server"),
                1);
        LoadPage.addLines(
                groups,
                steps,
                "Longest hiccup by rate, in milliseconds",
                List.of("hiccup.max_us", "server.hiccup.max_us"),
                List.of("of the generator's machine", "of the server's machine"),
                MS_PER_US);
    }

    /**
     * Stages that slow requests passed at any rate, in their order, with the longest mean of each.
     */
    private static Map<String, Double> stages(List<LimitStep> steps) {
        Map<String, Double> stages = new LinkedHashMap<>();
        for (LimitStep step : steps) {
            step.watch()
                    .flatMap(WatchReport::server)
                    .ifPresent(
                            server ->
                                    server.stages()
                                            .keySet()
                                            .forEach(stage -> stages.putIfAbsent(stage, 0.0)));
            step.watch()
                    .flatMap(WatchReport::atP99)
                    .map(StageTimes::stagesUs)
                    .ifPresent(
                            times ->
                                    times.forEach(
                                            (stage, us) -> stages.merge(stage, us, Math::max)));
        }
        stages.values().removeIf(us -> us <= 0);
        return stages;
    }

    /** What the server said during each step; nothing where it said nothing. */
    static List<Table> server(List<LimitStep> steps) {
        List<LimitStep> told =
                steps.stream()
                        .filter(step -> step.watch().flatMap(WatchReport::server).isPresent())
                        .sorted(Comparator.comparingDouble(LimitStep::rate))
                        .toList();
        return told.isEmpty() ? List.of() : List.of(work(told), times(told));
    }

    private static Table work(List<LimitStep> steps) {
        List<List<String>> rows = new ArrayList<>();
        for (LimitStep step : steps) {
            Figures figures = step.figures();
            rows.add(
                    List.of(
                            perSecond(step),
                            Texts.number(figures.number("server.cpu"), 2),
                            Texts.number(figures.number("generator.cpu"), 2),
                            micros(figures, "server.stage.queue.p99_us"),
                            micros(figures, "server.service.p99_us"),
                            micros(figures, "server.hiccup.max_us"),
                            Texts.count((long) figures.number("server.collections")),
                            Texts.count((long) figures.number("server.refused")),
                            Texts.count((long) figures.number("server.degraded"))));
        }
        return new Table(
                "The server at each rate",
                "From its admin port: processors kept busy, its own 99th percentiles, its longest"
                        + " hiccup, collections of garbage, and requests of anybody that it refused"
                        + " or gave something up for.",
                List.of(
                        "rate",
                        "processors",
                        "generator's",
                        "queue p99",
                        "in the server p99",
                        "hiccup",
                        "collections",
                        "refused",
                        "degraded"),
                rows);
    }

    private static Table times(List<LimitStep> steps) {
        List<String> stages = List.copyOf(stages(steps).keySet());
        List<String> columns = new ArrayList<>(List.of("rate"));
        columns.addAll(stages);
        columns.add("all");
        List<List<String>> rows = new ArrayList<>();
        for (LimitStep step : steps) {
            Optional<StageTimes> slow = step.watch().flatMap(WatchReport::atP99);
            List<String> row = new ArrayList<>(List.of(perSecond(step)));
            for (String stage : stages) {
                Double us = slow.map(StageTimes::stagesUs).map(map -> map.get(stage)).orElse(null);
                row.add(us == null ? "-" : Texts.micros(us));
            }
            row.add(slow.map(times -> Texts.micros(times.serviceUs())).orElse("-"));
            rows.add(row);
        }
        return new Table(
                "Stages of slow requests at each rate",
                "Means of requests around the server's 99th percentile, which add up.",
                columns,
                rows);
    }

    private static String perSecond(LimitStep step) {
        return Texts.number(step.rate(), 0) + "/s";
    }

    private static String micros(Figures figures, String key) {
        boolean isKnown = figures.isNumber(key) && Double.isFinite(figures.number(key));
        return isKnown ? Texts.micros(figures.number(key)) : "-";
    }
}
