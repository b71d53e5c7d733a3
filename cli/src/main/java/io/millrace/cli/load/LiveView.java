package io.millrace.cli.load;

import io.millrace.cli.console.TextTable;
import io.millrace.cli.console.Texts;
import io.millrace.cli.progress.RedrawnBlock;
import io.millrace.loadgen.report.SecondListener;
import io.millrace.loadgen.report.SecondPoint;

import org.HdrHistogram.Histogram;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A load while it runs, on a terminal: what the last second and all so far have shown, and the 99th
 * percentile of the last seconds as a row of columns.
 *
 * <p>Threading: one thread.
 */
final class LiveView implements SecondListener, AutoCloseable {
    /** Narrower than any terminal. */
    private static final int SPARKS = 60;

    private static final String COLUMNS = "▁▂▃▄▅▆▇█";
    private static final String PLAIN_COLUMNS = "_.-:=+*#";
    private static final double NS_PER_US = 1e3;
    private static final double MS_PER_SECOND = 1e3;

    private final RedrawnBlock block;
    private final String name;
    private final long durationMs;
    private final List<SecondPoint> last = new ArrayList<>();
    private long answered;
    private long refused;
    private long errors;
    private long degraded;
    private double hiccupUs;

    /** Of a load, which is shown under a name. */
    LiveView(PrintWriter terminal, String name, long durationMs) {
        this.block = new RedrawnBlock(terminal);
        this.name = name;
        this.durationMs = durationMs;
    }

    /** Says that nothing is counted yet. */
    void warmingUp() {
        block.draw(List.of("warming up"));
    }

    @Override
    public void second(SecondPoint point, Histogram soFar) {
        answered += point.count();
        refused += point.refused();
        errors += point.errors();
        degraded += point.degraded();
        hiccupUs = Math.max(hiccupUs, point.hiccupUs());
        last.add(point);
        if (last.size() > SPARKS) {
            last.removeFirst();
        }
        block.draw(lines(point, soFar));
    }

    List<String> lines(SecondPoint point, Histogram soFar) {
        double seconds = point.endMs() / MS_PER_SECOND;
        StringWriter text = new StringWriter();
        new TextTable()
                .row(
                        "",
                        "answered",
                        "p50",
                        "p99",
                        "p99.9",
                        "refused",
                        "degraded",
                        "errors",
                        "hiccup")
                .row(
                        "last second",
                        point.count() + "/s",
                        Texts.micros(point.p50Us()),
                        Texts.micros(point.p99Us()),
                        Texts.micros(point.p999Us()),
                        Texts.count(point.refused()),
                        Texts.count(point.degraded()),
                        Texts.count(point.errors()),
                        Texts.micros(point.hiccupUs()))
                .row(
                        "so far",
                        Texts.number(answered / seconds, 0) + "/s",
                        Texts.micros(soFar.getValueAtPercentile(50) / NS_PER_US),
                        Texts.micros(soFar.getValueAtPercentile(99) / NS_PER_US),
                        Texts.micros(soFar.getValueAtPercentile(99.9) / NS_PER_US),
                        Texts.count(refused),
                        Texts.count(degraded),
                        Texts.count(errors),
                        Texts.micros(hiccupUs))
                .print(new PrintWriter(text, true), "");
        List<String> lines = new ArrayList<>();
        lines.add(
                name
                        + ", second "
                        + Texts.number(seconds, 0)
                        + " of "
                        + Texts.number(Math.ceil(durationMs / MS_PER_SECOND), 0));
        text.toString().lines().forEach(lines::add);
        boolean isUnicode = System.err.charset().equals(StandardCharsets.UTF_8);
        lines.add(
                "p99  "
                        + sparkline(
                                last.stream().map(SecondPoint::p99Us).toList(),
                                isUnicode ? COLUMNS : PLAIN_COLUMNS));
        return lines;
    }

    /** Columns by the logarithm, from the lowest value to the highest. */
    static String sparkline(List<Double> values, String steps) {
        double min = values.stream().filter(v -> v > 0).min(Double::compare).orElse(1.0);
        double max = values.stream().max(Double::compare).orElse(1.0);
        StringBuilder columns = new StringBuilder();
        for (double value : values) {
            if (value <= 0) {
                columns.append(' ');
            } else {
                double part = max > min ? Math.log(value / min) / Math.log(max / min) : 0;
                columns.append(steps.charAt((int) Math.round(part * (steps.length() - 1))));
            }
        }
        return columns.toString();
    }

    @Override
    public void close() {
        block.close();
    }
}
