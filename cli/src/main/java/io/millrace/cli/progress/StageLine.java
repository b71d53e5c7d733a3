package io.millrace.cli.progress;

import java.util.Locale;

/** One stage as one line of text. */
final class StageLine {
    private final String name;
    private final long total;
    private final long startNs = System.nanoTime();

    StageLine(String name, long total) {
        this.name = name;
        this.total = total;
    }

    String underWay(long done, String note) {
        String part =
                total > 0
                        ? String.format(
                                Locale.ROOT, "%3.0f %%", Math.min(100, 100.0 * done / total))
                        : String.format(Locale.ROOT, "%,d", done);
        return String.format(
                Locale.ROOT, "  %-28s %8s after %.0f s%s", name, part, seconds(), comma(note));
    }

    String ended(long done, String note) {
        return String.format(
                Locale.ROOT, "  %-28s %7.1f s %,13d%s", name, seconds(), done, comma(note));
    }

    private double seconds() {
        return (System.nanoTime() - startNs) / 1e9;
    }

    private static String comma(String note) {
        return note.isEmpty() ? "" : "  " + note;
    }
}
