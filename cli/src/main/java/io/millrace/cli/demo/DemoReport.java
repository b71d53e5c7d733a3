package io.millrace.cli.demo;

import io.millrace.cli.console.Texts;
import io.millrace.cli.report.LoadParts;
import io.millrace.cli.report.MachineFacts;
import io.millrace.cli.report.ReportData;
import io.millrace.cli.report.ReportData.Bar;
import io.millrace.cli.report.ReportData.BarGroup;
import io.millrace.cli.report.ReportData.Fact;
import io.millrace.cli.report.ReportData.FunnelStep;
import io.millrace.cli.report.ReportData.Line;
import io.millrace.cli.report.ReportData.LineGroup;
import io.millrace.cli.report.ReportData.Point;
import io.millrace.cli.report.ReportData.Tile;
import io.millrace.core.metrics.Figures;
import io.millrace.loadgen.report.LoadReport;
import io.millrace.server.request.Stage;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What a demo has shown, as the data of a report. */
final class DemoReport {
    private static final double BYTES_PER_MIB = 1 << 20;
    private static final double MS_PER_SECOND = 1e3;

    private final DemoResult result;
    private final Figures figures;
    private final LoadReport load;

    private DemoReport(DemoResult result) {
        this.result = result;
        this.figures = result.figures();
        this.load = result.served().load();
    }

    static ReportData of(DemoResult result) {
        return new DemoReport(result).data();
    }

    private ReportData data() {
        return new ReportData(
                "Millrace demo",
                result.dataset()
                        + ": "
                        + count("items")
                        + " items, "
                        + count("users")
                        + " users, seed "
                        + result.plan().seed(),
                result.isGood(),
                result.verdict() + ", " + count("answers_checked") + " looked at one by one",
                LoadParts.notes(load),
                tiles(),
                funnel(),
                quality(),
                ReportData.OPEN_LOOP,
                LoadParts.latency(load),
                LoadParts.seconds(load, null),
                List.of(),
                stages(),
                List.of(),
                List.of(),
                result.parts().stream()
                        .map(
                                part ->
                                        new Bar(
                                                part.name(),
                                                part.seconds(),
                                                Texts.seconds(part.seconds())))
                        .toList(),
                List.of(
                        losses("Training of the towers", result.training().towers().losses()),
                        losses("Training of the ranker", result.training().ranker().losses())),
                result.examples(),
                environment(),
                figures);
    }

    private List<Tile> tiles() {
        String start = "from the intended start";
        return List.of(
                new Tile("p50", micros("latency.p50_us"), start),
                new Tile("p99", micros("latency.p99_us"), start),
                new Tile("p99.9", micros("latency.p999_us"), start),
                new Tile(
                        "answered",
                        Texts.number(figures.number("requests_per_second"), 0) + "/s",
                        "closed loop "
                                + Texts.number(figures.number("requests_per_second.closed_loop"), 0)
                                + "/s"),
                new Tile("NDCG@10", number("ndcg10"), "random " + number("ndcg10.random")),
                new Tile("retrieval recall", number("retrieval.recall"), "of the exact nearest"),
                new Tile(
                        "allocated",
                        Texts.number(figures.number("allocated_bytes_per_request"), 1) + " B",
                        "heap bytes a request"),
                new Tile(
                        "memory",
                        Texts.bytes((long) (figures.number("rss_mb") * BYTES_PER_MIB)),
                        "most resident"));
    }

    private List<FunnelStep> funnel() {
        return List.of(
                step("items", "query tower and vector search, ", Stage.EMBED, Stage.RETRIEVE),
                step("retrieved", "features gathered and scored by DCN-v2, ", Stage.RANK),
                step("ranked", "seen items, twins, creator cap, diversity, ", Stage.RERANK),
                new FunnelStep(
                        "answered", (long) figures.number("answered"), "the ten worth showing"));
    }

    private FunnelStep step(String key, String note, Stage... stages) {
        double us = 0;
        for (Stage stage : stages) {
            us += meanUs(stage);
        }
        return new FunnelStep(key, (long) figures.number(key), note + Texts.micros(us));
    }

    private double meanUs(Stage stage) {
        return result.served().stages().get(stage.index()).meanUs();
    }

    private List<BarGroup> quality() {
        List<BarGroup> groups = new ArrayList<>();
        List<Bar> tens = new ArrayList<>();
        tens.add(bar("Millrace", figures.number("ndcg10")));
        tens.add(bar("light ranker first", figures.number("ndcg10.light_first")));
        if (Double.isFinite(result.judged().retrievalOnly())) {
            tens.add(bar("towers alone", result.judged().retrievalOnly()));
        }
        tens.add(bar("popularity", figures.number("ndcg10.popularity")));
        tens.add(bar("random", figures.number("ndcg10.random")));
        groups.add(
                new BarGroup(
                        "NDCG@10",
                        "against the "
                                + result.judged().truth()
                                + ", "
                                + Texts.count(result.judged().users())
                                + " users",
                        tens));
        addGroup(groups, "AUC of clicks", "on held-out impressions", "click.auc", "DCN-v2");
        addGroup(
                groups,
                "Recall@100 of retrieval",
                "of what users went on to watch",
                "retrieval.recall100",
                "two towers");
        return groups;
    }

    private void addGroup(
            List<BarGroup> groups, String title, String note, String key, String ours) {
        Figures evaluation = result.evaluation();
        if (!evaluation.isNumber(key)) {
            return;
        }
        List<Bar> bars = new ArrayList<>();
        bars.add(bar(ours, evaluation.number(key)));
        for (String baseline : List.of("logistic", "popularity", "constant", "random")) {
            String other = "baseline." + baseline + "." + key;
            if (evaluation.isNumber(other)) {
                bars.add(
                        bar(
                                baseline.equals("logistic") ? "logistic regression" : baseline,
                                evaluation.number(other)));
            }
        }
        groups.add(new BarGroup(title, note, bars));
    }

    private static Bar bar(String label, double value) {
        return new Bar(label, Double.isFinite(value) ? value : 0, Texts.number(value, 4));
    }

    private List<Bar> stages() {
        List<Bar> bars = new ArrayList<>();
        for (Stage stage : Stage.values()) {
            double us = meanUs(stage);
            if (us > 0) {
                bars.add(new Bar(stage.label(), us, Texts.micros(us)));
            }
        }
        return bars;
    }

    private static LineGroup losses(String title, List<Double> losses) {
        List<Point> points = new ArrayList<>();
        for (int i = 0; i < losses.size(); i++) {
            points.add(new Point(i + 1, losses.get(i)));
        }
        return new LineGroup(title, "pass over the data", List.of(new Line("loss", points)));
    }

    private List<Fact> environment() {
        List<Fact> facts = new ArrayList<>(MachineFacts.all());
        facts.add(new Fact("transport", result.served().transport()));
        facts.add(new Fact("workers", String.valueOf(result.served().workers())));
        facts.add(
                new Fact(
                        "load",
                        String.format(
                                Locale.ROOT,
                                "open loop, %s, %.0f/s for %.0f s on %d connections, server and"
                                        + " generator in one process",
                                load.plan().arrival().name().toLowerCase(Locale.ROOT),
                                load.plan().ratePerSecond(),
                                load.plan().durationMs() / MS_PER_SECOND,
                                load.plan().connections())));
        return facts;
    }

    private String count(String key) {
        return Texts.count((long) figures.number(key));
    }

    private String number(String key) {
        return Texts.number(figures.number(key), 4);
    }

    private String micros(String key) {
        return Texts.micros(figures.number(key));
    }
}
