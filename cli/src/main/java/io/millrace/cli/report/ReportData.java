package io.millrace.cli.report;

import io.millrace.core.metrics.Figures;
import io.millrace.loadgen.report.SecondPoint;

import org.HdrHistogram.Histogram;

import java.util.List;

/**
 * What a report shows. Parts that are empty are left out of the page.
 *
 * @param title of the page.
 * @param subtitle what was run, in one line.
 * @param isGood whether all is well.
 * @param verdict in one line.
 * @param notes what to know before any figure is read.
 * @param tiles the most important figures.
 * @param funnel from many to few.
 * @param quality bars beside their baselines.
 * @param latencyNote what the curves count from.
 * @param latency percentile curves.
 * @param seconds latency over time.
 * @param load of both processes, second by second.
 * @param stages where the time of a request goes, in the mean.
 * @param flames where it goes, part by part.
 * @param tables what else was measured.
 * @param work where the time of the run went.
 * @param lines curves over a scale, as of a loss by epoch or of quality by rate.
 * @param examples some answers.
 * @param environment where it was run.
 * @param figures all of them.
 */
public record ReportData(
        String title,
        String subtitle,
        boolean isGood,
        String verdict,
        List<String> notes,
        List<Tile> tiles,
        List<FunnelStep> funnel,
        List<BarGroup> quality,
        String latencyNote,
        List<Curve> latency,
        List<Second> seconds,
        List<ProcessSecond> load,
        List<Bar> stages,
        List<Flame> flames,
        List<Table> tables,
        List<Bar> work,
        List<LineGroup> lines,
        List<Example> examples,
        List<Fact> environment,
        Figures figures) {
    /** Of latencies of an open loop. */
    public static final String OPEN_LOOP =
            "Counted from the moment a request was meant to start, whether or not it could.";

    /** Copies the lists. */
    public ReportData {
        notes = List.copyOf(notes);
        tiles = List.copyOf(tiles);
        funnel = List.copyOf(funnel);
        quality = List.copyOf(quality);
        latency = List.copyOf(latency);
        seconds = List.copyOf(seconds);
        load = List.copyOf(load);
        stages = List.copyOf(stages);
        flames = List.copyOf(flames);
        tables = List.copyOf(tables);
        work = List.copyOf(work);
        lines = List.copyOf(lines);
        examples = List.copyOf(examples);
        environment = List.copyOf(environment);
    }

    /**
     * An important figure.
     *
     * @param label what it is.
     * @param value the figure with its unit.
     * @param note what to know of it.
     */
    public record Tile(String label, String value, String note) {}

    /**
     * One width of the funnel.
     *
     * @param label what is counted.
     * @param count how many.
     * @param note what makes fewer of them.
     */
    public record FunnelStep(String label, long count, String note) {}

    /**
     * Bars of one scale.
     *
     * @param title what is compared.
     * @param note what to know of it.
     * @param bars the bars; the first is ours.
     */
    public record BarGroup(String title, String note, List<Bar> bars) {
        /** Copies the list. */
        public BarGroup {
            bars = List.copyOf(bars);
        }
    }

    /**
     * One bar.
     *
     * @param label what it stands for.
     * @param value its length, at least 0.
     * @param text its length for people.
     */
    public record Bar(String label, double value, String text) {}

    /**
     * A distribution of times.
     *
     * @param label what was timed.
     * @param histogram in nanoseconds.
     */
    public record Curve(String label, Histogram histogram) {}

    /**
     * One second of the load.
     *
     * @param point what the generator saw.
     * @param serverHiccupUs longest hiccup of the server's machine, or NaN.
     */
    public record Second(SecondPoint point, double serverHiccupUs) {
        double endSeconds() {
            return point.endMs() / 1e3;
        }
    }

    /**
     * Processors that were kept busy in about a second.
     *
     * @param endSeconds end of it, since the load began.
     * @param generator by the generator.
     * @param server by the server, or NaN.
     * @param stolen given to others by the host of the machine.
     */
    public record ProcessSecond(
            double endSeconds, double generator, double server, double stolen) {}

    /**
     * Time as bars below each other, each within the one above.
     *
     * @param title of which requests.
     * @param rows the first is the whole.
     */
    public record Flame(String title, List<List<FlamePart>> rows) {
        /** Copies the lists. */
        public Flame {
            rows = rows.stream().map(List::copyOf).toList();
        }
    }

    /**
     * A part of a bar.
     *
     * @param label what the time is spent on; empty for time that is none of the row's.
     * @param us how long.
     */
    public record FlamePart(String label, double us) {}

    /**
     * A table.
     *
     * @param title what it shows.
     * @param note what to know of it.
     * @param columns headings.
     * @param rows cells.
     */
    public record Table(String title, String note, List<String> columns, List<List<String>> rows) {
        /** Copies the lists. */
        public Table {
            columns = List.copyOf(columns);
            rows = List.copyOf(rows);
        }
    }

    /**
     * Lines of one scale.
     *
     * @param title what is shown.
     * @param xLabel what runs along.
     * @param lines the lines.
     */
    public record LineGroup(String title, String xLabel, List<Line> lines) {
        /** Copies the list. */
        public LineGroup {
            lines = List.copyOf(lines);
        }
    }

    /**
     * A line.
     *
     * @param label what it shows.
     * @param points from left to right.
     */
    public record Line(String label, List<Point> points) {
        /** Copies the list. */
        public Line {
            points = List.copyOf(points);
        }
    }

    /**
     * A point.
     *
     * @param x how far along.
     * @param y how high.
     */
    public record Point(double x, double y) {}

    /**
     * An answer.
     *
     * @param title whose.
     * @param note what is known of them.
     * @param columns headings.
     * @param rows cells.
     */
    public record Example(
            String title, String note, List<String> columns, List<List<String>> rows) {
        /** Copies the lists. */
        public Example {
            columns = List.copyOf(columns);
            rows = List.copyOf(rows);
        }
    }

    /**
     * A name and what stands for it.
     *
     * @param name the name.
     * @param value what it is.
     */
    public record Fact(String name, String value) {}
}
