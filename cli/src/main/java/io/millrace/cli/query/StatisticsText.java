package io.millrace.cli.query;

import io.millrace.cli.console.CommonOptions;
import io.millrace.cli.console.TextTable;
import io.millrace.cli.console.Texts;
import io.millrace.client.message.Statistics;
import io.millrace.core.error.MillraceException;
import io.millrace.core.metrics.Figures;

import java.util.Locale;
import java.util.Map;

/** What a server has counted and timed, for people and for programs. */
final class StatisticsText {
    private static final double MOST_WHOLE = 1e15;

    private StatisticsText() {}

    /** Prints what has a text in its name; that there must be some. */
    static void print(CommonOptions common, Statistics statistics, String match) {
        TextTable table = new TextTable().row("what", "value");
        Figures figures =
                new Figures()
                        .put("fingerprint", AnswerText.fingerprint(statistics.fingerprint()))
                        .put("uptime_seconds", statistics.uptimeNs() / 1e9);
        int count = 0;
        for (Map.Entry<String, Double> sample : statistics.samples().entrySet()) {
            if (sample.getKey().contains(match)) {
                table.row(sample.getKey(), text(sample.getValue()));
                figures.put(sample.getKey(), sample.getValue());
                count++;
            }
        }
        if (count == 0) {
            throw MillraceException.usage(
                    "nothing is called so: --match=%s, of %d; leave it out to see all",
                    match, statistics.samples().size());
        }
        table.print(common.out(), "");
        common.write(figures);
    }

    /** Whole numbers as such, others with as many digits as tell something. */
    private static String text(double value) {
        if (value == Math.rint(value) && Math.abs(value) < MOST_WHOLE) {
            return Texts.count((long) value);
        }
        return Double.isFinite(value) ? String.format(Locale.ROOT, "%.4g", value) : "-";
    }
}
