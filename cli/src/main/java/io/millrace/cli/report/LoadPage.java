package io.millrace.cli.report;

import io.millrace.cli.console.Texts;
import io.millrace.cli.report.ReportData.Curve;
import io.millrace.cli.report.ReportData.Fact;
import io.millrace.cli.report.ReportData.Line;
import io.millrace.cli.report.ReportData.LineGroup;
import io.millrace.cli.report.ReportData.Point;
import io.millrace.cli.report.ReportData.Table;
import io.millrace.cli.report.ReportData.Tile;
import io.millrace.core.metrics.Figures;
import io.millrace.loadgen.limit.LimitStep;
import io.millrace.loadgen.plan.ClosedLoop;
import io.millrace.loadgen.plan.LoadPlan;
import io.millrace.loadgen.report.LoadReport;
import io.millrace.loadgen.watch.WatchReport;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a load has shown, as the data of a report. */
public final class LoadPage {
    private static final double MS_PER_SECOND = 1e3;

    private LoadPage() {}

    /**
     * The page of a load of one rate.
     *
     * @param load what was seen.
     * @param figures of it.
     * @param watch of generator and server.
     * @param flight what a flight recording of the server tells; empty where there is none.
     * @return data of the report.
     */
    public static ReportData of(
            LoadReport load, Figures figures, WatchReport watch, List<Table> flight) {
        LoadPlan plan = load.plan();
        boolean isClosedLoop = plan.isClosedLoop();
        boolean isGood = (isClosedLoop || load.keptPlan()) && load.counts().errors() == 0;
        return page(
                subtitle(plan)
                        + ", "
                        + (isClosedLoop
                                ? ClosedLoop.name(plan.underWay())
                                : Texts.number(plan.ratePerSecond(), 0) + "/s"),
                isGood,
                verdict(load),
                tiles(figures),
                load,
                watch,
                flight,
                List.of(),
                figures);
    }

    /** A page of one load, of other tables, and of what changes with the rate. */
    public static ReportData page(
            String subtitle,
            boolean isGood,
            String verdict,
            List<Tile> tiles,
            LoadReport load,
            @Nullable WatchReport watch,
            List<Table> others,
            List<LineGroup> lines,
            Figures figures) {
        List<Curve> curves = new ArrayList<>(LoadParts.latency(load));
        List<Fact> environment = environment(load.plan());
        List<Table> tables = new ArrayList<>(LoadParts.kinds(load));
        if (watch != null) {
            tables.addAll(WatchParts.tables(load, watch));
            curves.addAll(WatchParts.curves(watch));
            environment.addAll(WatchParts.environment(watch));
        }
        tables.addAll(others);
        return new ReportData(
                "Millrace load",
                subtitle,
                isGood,
                verdict,
                LoadParts.notes(load),
                tiles,
                List.of(),
                List.of(),
                latencyNote(load.plan()),
                curves,
                LoadParts.seconds(load, watch),
                watch == null ? List.of() : WatchParts.load(watch),
                List.of(),
                watch == null ? List.of() : WatchParts.flames(load, watch),
                tables,
                List.of(),
                lines,
                List.of(),
                environment,
                figures);
    }

    private static String latencyNote(LoadPlan plan) {
        return plan.isClosedLoop()
                ? "Counted from the sending. " + ClosedLoop.label(plan.underWay()) + "."
                : ReportData.OPEN_LOOP;
    }

    /** Where the server is. */
    public static String subtitle(LoadPlan plan) {
        return plan.host() + ":" + plan.port();
    }

    private static String verdict(LoadReport load) {
        if (load.isPartial()) {
            return "partial: a connection was lost, "
                    + Texts.count(load.counts().errors())
                    + " requests ended badly";
        }
        boolean isClosedLoop = load.plan().isClosedLoop();
        if (!isClosedLoop && !load.keptPlan()) {
            return "the plan was not kept: these figures tell of the generator, too";
        }
        if (load.stoppedAnswering()) {
            return "nothing was answered after second " + Texts.number(load.lastAnswerSecond(), 0);
        }
        long errors = load.counts().errors();
        String well = isClosedLoop ? "" : "the plan was kept, and ";
        return errors == 0
                ? well + "no request ended badly"
                : Texts.count(errors) + " requests ended badly";
    }

    /** Figures of a load. */
    public static List<Tile> tiles(Figures figures) {
        boolean isPlanned = figures.isNumber("rate_planned");
        String start = isPlanned ? LoadParts.INTENDED_START : LoadParts.SENDING;
        List<Tile> tiles = new ArrayList<>();
        tiles.add(new Tile("p50", micros(figures, "latency.p50_us"), start));
        tiles.add(new Tile("p99", micros(figures, "latency.p99_us"), start));
        tiles.add(new Tile("p99.9", micros(figures, "latency.p999_us"), start));
        tiles.add(
                new Tile(
                        "answered",
                        Texts.number(figures.number("rate_achieved"), 0) + "/s",
                        isPlanned
                                ? Texts.number(figures.number("rate_planned"), 0) + "/s planned"
                                : "as many as answers sent"));
        tiles.add(count(figures, "refused", "overload, deadline or no changes taken"));
        tiles.add(count(figures, "errors", "no answer, or a wrong one"));
        tiles.add(count(figures, "degraded", "something was given up"));
        addJudged(tiles, figures, "recall", "of exact search");
        addJudged(tiles, figures, "ndcg10", "of sampled answers");
        return tiles;
    }

    private static Tile count(Figures figures, String key, String note) {
        return new Tile(key, Texts.count((long) figures.number(key)), note);
    }

    private static void addJudged(List<Tile> tiles, Figures figures, String key, String note) {
        if (figures.isNumber(key) && Double.isFinite(figures.number(key))) {
            tiles.add(new Tile(key, Texts.number(figures.number(key), 4), note));
        }
    }

    private static String micros(Figures figures, String key) {
        return Texts.micros(figures.number(key));
    }

    /** Adds a plot of figures by rate, where there are two points at least. */
    public static void addLines(
            List<LineGroup> groups,
            List<LimitStep> steps,
            String title,
            List<String> keys,
            List<String> labels,
            double scale) {
        List<Line> lines = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
            List<Point> points = new ArrayList<>();
            for (LimitStep step : steps) {
                Figures figures = step.figures();
                boolean isThere = figures.isNumber(keys.get(i));
                double value = isThere ? figures.number(keys.get(i)) * scale : Double.NaN;
                if (Double.isFinite(value)) {
                    points.add(new Point(step.rate(), value));
                }
            }
            if (points.size() > 1) {
                lines.add(new Line(labels.get(i), points));
            }
        }
        if (!lines.isEmpty()) {
            groups.add(new LineGroup(title, "requests a second", lines));
        }
    }

    private static List<Fact> environment(LoadPlan plan) {
        List<Fact> facts = new ArrayList<>(MachineFacts.all());
        facts.add(
                new Fact(
                        "load",
                        String.format(
                                Locale.ROOT,
                                "%s, %.0f s on %d connections",
                                plan.isClosedLoop()
                                        ? ClosedLoop.name(plan.underWay())
                                        : "open loop, "
                                                + plan.arrival().name().toLowerCase(Locale.ROOT),
                                plan.durationMs() / MS_PER_SECOND,
                                plan.connections())));
        return facts;
    }
}
