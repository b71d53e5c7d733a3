package io.millrace.cli.report;

import io.millrace.cli.report.ReportData.Bar;
import io.millrace.cli.report.ReportData.BarGroup;
import io.millrace.cli.report.ReportData.Curve;
import io.millrace.cli.report.ReportData.Example;
import io.millrace.cli.report.ReportData.Fact;
import io.millrace.cli.report.ReportData.Flame;
import io.millrace.cli.report.ReportData.FlamePart;
import io.millrace.cli.report.ReportData.FunnelStep;
import io.millrace.cli.report.ReportData.Line;
import io.millrace.cli.report.ReportData.LineGroup;
import io.millrace.cli.report.ReportData.Point;
import io.millrace.cli.report.ReportData.ProcessSecond;
import io.millrace.cli.report.ReportData.Second;
import io.millrace.cli.report.ReportData.Table;
import io.millrace.cli.report.ReportData.Tile;
import io.millrace.core.metrics.Figures;
import io.millrace.core.random.SplitRandom;
import io.millrace.loadgen.report.LoadCounts;
import io.millrace.loadgen.report.SecondPoint;

import org.HdrHistogram.Histogram;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reports of runs that never were. */
final class ReportSamples {
    private ReportSamples() {}

    /** Writes a sample to look at: the only argument is the file. */
    public static void main(String[] arguments) {
        HtmlReport.write(Path.of(arguments[0]), full("200,000 items, 50,000 users, seed 1"));
    }

    static ReportData full(String subtitle) {
        return new ReportData(
                "Millrace demo",
                subtitle,
                true,
                "every answer was checked and makes sense",
                List.of("what to know before any figure is read"),
                tiles(),
                List.of(
                        new FunnelStep("items", 200_000, "vector search over a graph, 310 µs"),
                        new FunnelStep("retrieved", 500, "features gathered, DCN-v2, 420 µs"),
                        new FunnelStep("ranked", 500, "rules and diversity, 60 µs"),
                        new FunnelStep("answered", 10, "the ten worth showing")),
                quality(),
                ReportData.OPEN_LOOP,
                List.of(
                        new Curve("from the intended start", times(1, 900)),
                        new Curve("from the sending", times(2, 700)),
                        new Curve("hiccups of the machine", times(3, 60))),
                seconds(),
                List.of(
                        new ProcessSecond(1, 0.4, 1.2, 0),
                        new ProcessSecond(2, 0.5, Double.NaN, 0.3)),
                List.of(
                        new Bar("user", 12, "12 µs"),
                        new Bar("embed", 25, "25 µs"),
                        new Bar("retrieve", 310, "310 µs"),
                        new Bar("rank", 420, "420 µs")),
                List.of(
                        new Flame(
                                "around the median",
                                List.of(
                                        List.of(new FlamePart("from the intended start", 900)),
                                        List.of(
                                                new FlamePart("rank", 500),
                                                new FlamePart("encode", 3))))),
                List.of(
                        kinds(),
                        new Table(
                                "Both processes",
                                "over 10 s",
                                List.of("", "generator", "server"),
                                List.of(List.of("memory", "90 MiB", "800 MiB")))),
                List.of(new Bar("simulate", 9, "9.0 s"), new Bar("train", 41, "41.0 s")),
                List.of(
                        new LineGroup(
                                "Training of the towers",
                                "epoch",
                                List.of(
                                        new Line(
                                                "loss",
                                                List.of(
                                                        new Point(1, 6.2),
                                                        new Point(2, 5.1),
                                                        new Point(3, 4.8)))))),
                List.of(
                        new Example(
                                "user 12345",
                                "watched 31 videos",
                                List.of("place", "item", "score", "creator"),
                                List.of(
                                        List.of("1", "777", "0.7512", "creator 9"),
                                        List.of("2", "778", "0.6901", "creator 4")))),
                List.of(new Fact("processor", "a processor, 2 hardware threads")),
                new Figures().put("items", 200_000L).put("ndcg10", 0.71234));
    }

    /** As wide as tables of a load are. */
    private static Table kinds() {
        List<List<String>> rows = new ArrayList<>();
        for (String kind : List.of("recommend", "feedback", "reads", "changes")) {
            List<String> cells = new ArrayList<>(List.of(kind, "5,400,000", "5,399,871"));
            for (int i = 0; i < 4; i++) {
                cells.add("1,234");
            }
            cells.addAll(List.of("1.21 ms", "2.84 ms", "6.10 ms", "98.7 ms"));
            rows.add(cells);
        }
        return new Table(
                "Kinds of requests",
                "from the intended start",
                List.of(
                        "kind",
                        "planned",
                        "answered",
                        "refused",
                        "overloaded",
                        "no changes",
                        "errors",
                        "p50",
                        "p99",
                        "p99.9",
                        "max"),
                rows);
    }

    static ReportData empty() {
        return new ReportData(
                "Millrace load",
                "",
                false,
                "nothing was answered",
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                "",
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                new Figures());
    }

    private static List<Tile> tiles() {
        return List.of(
                new Tile("p50", "1.21 ms", "from the intended start"),
                new Tile("p99", "2.84 ms", "from the intended start"),
                new Tile("p99.9", "6.10 ms", "from the intended start"),
                new Tile("answered", "612/s", "at 60 % of what it can"),
                new Tile("retrieval recall", "0.982", "of the exact 500"),
                new Tile("NDCG@10", "0.712", "random 0.31, popularity 0.42"),
                new Tile("allocated", "0.4 B", "heap bytes per request"),
                new Tile("memory", "1.3 GiB", "most resident"));
    }

    private static List<BarGroup> quality() {
        return List.of(
                new BarGroup(
                        "NDCG@10",
                        "against the hidden preference, 1,000 users",
                        List.of(
                                new Bar("millrace", 0.712, "0.712"),
                                new Bar("retrieval only", 0.641, "0.641"),
                                new Bar("popularity", 0.423, "0.423"),
                                new Bar("random", 0.311, "0.311"))),
                new BarGroup(
                        "AUC of clicks",
                        "held-out impressions",
                        List.of(
                                new Bar("DCN-v2", 0.742, "0.742"),
                                new Bar("logistic regression", 0.702, "0.702"),
                                new Bar("popularity", 0.610, "0.610"))));
    }

    private static List<Second> seconds() {
        List<Second> seconds = new ArrayList<>();
        SplitRandom random = SplitRandom.forStream(5, 1);
        for (int i = 1; i <= 10; i++) {
            Histogram latencies = new Histogram(60_000_000_000L, 3);
            for (int answer = 0; answer < 600; answer++) {
                double factor = Math.exp(random.nextGaussian() * 0.35);
                latencies.recordValue((long) (1.2e6 * factor * (i == 7 && answer < 6 ? 9 : 1)));
            }
            seconds.add(
                    new Second(
                            SecondPoint.of(
                                    1_000L * i,
                                    counts(i),
                                    counts(i - 1),
                                    latencies,
                                    80 + random.nextInt(100)),
                            i == 7 ? 3_100 : 70));
        }
        return seconds;
    }

    private static LoadCounts counts(int seconds) {
        long sent = 600L * seconds;
        return new LoadCounts(6_000, sent, sent, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    private static Histogram times(long seed, double medianUs) {
        Histogram histogram = new Histogram(60_000_000_000L, 3);
        SplitRandom random = SplitRandom.forStream(seed, 2);
        for (int i = 0; i < 20_000; i++) {
            double factor = Math.exp(random.nextGaussian() * 0.35);
            histogram.recordValue((long) (medianUs * 1e3 * factor * (i % 997 == 0 ? 6 : 1)));
        }
        return histogram;
    }
}
