package io.millrace.cli.report;

import io.millrace.cli.console.Texts;
import io.millrace.cli.report.ReportData.BarGroup;
import io.millrace.cli.report.ReportData.Example;
import io.millrace.cli.report.ReportData.Fact;
import io.millrace.cli.report.ReportData.Flame;
import io.millrace.cli.report.ReportData.LineGroup;
import io.millrace.cli.report.ReportData.Table;
import io.millrace.cli.report.ReportData.Tile;
import io.millrace.core.file.AtomicFile;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes a report as one file that loads nothing: style sheet and pictures are inside, and nothing
 * runs.
 */
public final class HtmlReport {
    private static final String STYLE = "/io/millrace/cli/report/report.css";

    private HtmlReport() {}

    /**
     * Writes a report.
     *
     * @param file where to; appears whole or not at all.
     * @param data what to show.
     */
    public static void write(Path file, ReportData data) {
        AtomicFile.write(file, page(data).getBytes(StandardCharsets.UTF_8));
    }

    static String page(ReportData data) {
        Html html = new Html();
        html.raw("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">");
        html.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
        html.raw("<meta name=\"color-scheme\" content=\"light dark\">");
        html.element("title", "", data.title()).raw("<style>").raw(style()).raw("</style></head>");
        html.raw("<body><main>");
        head(html, data);
        tiles(html, data.tiles());
        if (!data.funnel().isEmpty()) {
            section(html, "The funnel", "", Charts.funnel(data.funnel()));
        }
        quality(html, data.quality());
        latency(html, data);
        lines(html, data.lines());
        examples(html, data.examples());
        if (!data.work().isEmpty()) {
            section(html, "Where the time of this run went", "", Charts.bars(data.work(), false));
        }
        environment(html, data.environment());
        figures(html, data);
        return html.raw("</main></body></html>\n").toString();
    }

    private static void head(Html html, ReportData data) {
        html.open("header", "")
                .element("h1", "", data.title())
                .element("p", "subtitle", data.subtitle())
                .element("p", data.isGood() ? "verdict good" : "verdict bad", data.verdict());
        data.notes().forEach(note -> html.element("p", "caution", note));
        html.close("header");
    }

    private static void tiles(Html html, List<Tile> tiles) {
        html.open("div", "tiles");
        for (Tile tile : tiles) {
            html.open("div", "tile")
                    .element("span", "label", tile.label())
                    .element("b", "", tile.value())
                    .element("span", "note", tile.note())
                    .close("div");
        }
        html.close("div");
    }

    private static void section(Html html, String title, String note, String content) {
        html.open("section", "").element("h2", "", title);
        if (!note.isEmpty()) {
            html.element("p", "note", note);
        }
        html.raw(content).close("section");
    }

    private static void quality(Html html, List<BarGroup> groups) {
        if (groups.isEmpty()) {
            return;
        }
        Html content = new Html();
        content.open("div", "columns");
        for (BarGroup group : groups) {
            content.open("div", "")
                    .element("h3", "", group.title())
                    .element("p", "note", group.note())
                    .raw(Charts.bars(group.bars(), true))
                    .close("div");
        }
        content.close("div");
        section(html, "How good the answers are", "", content.toString());
    }

    private static void latency(Html html, ReportData data) {
        if (!data.latency().isEmpty()) {
            section(
                    html,
                    "Latency",
                    data.latencyNote() + " Each mark to the right is ten times rarer.",
                    Charts.percentiles(data.latency()));
        }
        if (!data.seconds().isEmpty()) {
            section(
                    html,
                    "Latency over time",
                    "Each column is a second, or several of a long run; the darker, the more of its"
                            + " answers took so long. A stall of a whole machine shows as a hiccup"
                            + " as well.",
                    TimeCharts.heatMap(data.seconds()) + TimeCharts.percentiles(data.seconds()));
            section(html, "Throughput", "By the second.", TimeCharts.throughput(data.seconds()));
        }
        if (!data.load().isEmpty()) {
            section(html, "Processors kept busy", "", TimeCharts.processors(data.load()));
        }
        if (!data.stages().isEmpty()) {
            section(
                    html,
                    "Where the time of a request goes",
                    "Mean by stage, as the server measures it.",
                    Charts.bars(data.stages(), false));
        }
        flames(html, data.flames());
        for (Table table : data.tables()) {
            Html content = new Html();
            table(content, table.title(), table.columns(), table.rows());
            section(html, table.title(), table.note(), content.toString());
        }
    }

    private static void flames(Html html, List<Flame> flames) {
        if (flames.isEmpty()) {
            return;
        }
        StringBuilder content = new StringBuilder();
        flames.forEach(flame -> content.append(Flames.of(flame)));
        section(
                html,
                "Where the time goes",
                "Each bar is part of the one above: percentiles of the latency and of the time from"
                        + " the sending, and means of the server's requests around the same"
                        + " percentile of theirs. Where that is longer, answers came too late to"
                        + " count.",
                content.toString());
    }

    private static void table(
            Html html, String title, List<String> columns, List<List<String>> rows) {
        scroller(html, title).open("table", "").open("tr", "");
        columns.forEach(column -> html.element("th", "", column));
        html.close("tr");
        for (List<String> row : rows) {
            html.open("tr", "");
            row.forEach(cell -> html.element("td", "", cell));
            html.close("tr");
        }
        html.close("table").close("div");
    }

    /** What is wider than the screen scrolls by itself, by keys as well. */
    private static Html scroller(Html html, String title) {
        return html.raw("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"")
                .text(title)
                .raw("\">");
    }

    private static void lines(Html html, List<LineGroup> groups) {
        for (LineGroup group : groups) {
            section(html, group.title(), "", Charts.lines(group));
        }
    }

    private static void examples(Html html, List<Example> examples) {
        if (examples.isEmpty()) {
            return;
        }
        Html content = new Html();
        for (Example example : examples) {
            content.open("details", "").open("summary", "").element("b", "", example.title());
            content.raw(" ").element("span", "note", example.note()).close("summary");
            table(content, example.title(), example.columns(), example.rows());
            content.close("details");
        }
        section(
                html,
                "Some answers",
                "",
                content.toString().replaceFirst("<details>", "<details open>"));
    }

    private static void environment(Html html, List<Fact> facts) {
        if (facts.isEmpty()) {
            return;
        }
        Html content = new Html();
        content.open("dl", "");
        for (Fact fact : facts) {
            content.element("dt", "", fact.name()).element("dd", "", fact.value());
        }
        content.close("dl");
        section(html, "Environment", "", content.toString());
    }

    private static void figures(Html html, ReportData data) {
        Html content = new Html();
        content.open("details", "").element("summary", "", "All figures");
        scroller(content, "All figures").open("table", "figures");
        for (String key : data.figures().keys()) {
            content.open("tr", "")
                    .element("td", "", key)
                    .element("td", "", Texts.figure(data.figures(), key))
                    .close("tr");
        }
        content.close("table").close("div").close("details");
        html.open("section", "").raw(content.toString()).close("section");
    }

    private static String style() {
        try (InputStream stream = HtmlReport.class.getResourceAsStream(STYLE)) {
            if (stream == null) {
                throw new IllegalStateException("the executable lacks " + STYLE);
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
