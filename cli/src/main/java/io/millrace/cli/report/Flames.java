package io.millrace.cli.report;

import io.millrace.cli.console.Texts;
import io.millrace.cli.report.ReportData.Flame;
import io.millrace.cli.report.ReportData.FlamePart;

import java.util.List;
import java.util.Locale;

/** Draws where time goes: bars below each other, each within the one above. */
final class Flames {
    /**
     * What a letter takes of the width of a narrow screen: half a number would mislead. The table
     * below tells of what finds no room.
     */
    private static final double PERCENT_PER_LETTER = 2.1;

    private static final double PERCENT_BESIDE = 4;

    private static final int COLOURS = 6;

    private Flames() {}

    static String of(Flame flame) {
        // Not always the first: a server counts answers that came too late for the generator.
        double whole =
                flame.rows().stream()
                        .mapToDouble(row -> row.stream().mapToDouble(FlamePart::us).sum())
                        .max()
                        .orElse(0);
        Html html = new Html();
        html.element("h3", "", flame.title()).open("div", "flame");
        for (int row = 0; row < flame.rows().size(); row++) {
            html.open("div", "row");
            List<FlamePart> parts = flame.rows().get(row);
            for (int i = 0; i < parts.size(); i++) {
                part(html, parts.get(i), whole, row + i);
            }
            html.close("div");
        }
        return html.close("div").toString();
    }

    private static void part(Html html, FlamePart part, double whole, int colour) {
        double percent = whole > 0 ? 100 * part.us() / whole : 0;
        String width = String.format(Locale.ROOT, "%.2f%%", percent);
        String text = part.label().isEmpty() ? "" : part.label() + " " + Texts.micros(part.us());
        String classes = part.label().isEmpty() ? "gap" : "part c" + colour % COLOURS;
        html.raw("<span class=\"" + classes + "\" style=\"width:" + width + "\" title=\"");
        html.text(text).raw("\">");
        html.text(fits(text, percent) ? text : fits(part.label(), percent) ? part.label() : "");
        html.raw("</span>");
    }

    private static boolean fits(String text, double percent) {
        return !text.isBlank() && percent >= PERCENT_PER_LETTER * text.length() + PERCENT_BESIDE;
    }
}
