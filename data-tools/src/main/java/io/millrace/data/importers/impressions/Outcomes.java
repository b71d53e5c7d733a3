package io.millrace.data.importers.impressions;

import io.millrace.core.progress.ProgressListener;
import io.millrace.data.importers.Rejects;
import io.millrace.data.importers.source.DelimitedFile;
import io.millrace.data.importers.source.DelimitedFormat;
import io.millrace.data.importers.source.RejectedRow;
import io.millrace.data.importers.source.SourceRow;
import io.millrace.data.importers.table.EventColumns;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What came of impressions: a delimited file with a header and the columns {@code correlation},
 * {@code user}, {@code item}, {@code click}, {@code long_view} and {@code like}, the last three 0
 * or 1. What is not in it was not clicked.
 *
 * <p>Threading: one thread.
 */
final class Outcomes {
    private static final List<String> COLUMNS =
            List.of("correlation", "user", "item", "click", "long_view", "like");

    private final String file;
    private final Map<Shown, Outcome> outcomes = new HashMap<>();

    /** An item that a request was answered with. */
    private record Shown(long correlationId, long userId, long itemId) {}

    /** Labels as {@link EventColumns} has them, and where they stand. */
    private record Outcome(int labels, long line) {}

    private Outcomes(Path path) {
        this.file = String.valueOf(path.getFileName());
    }

    /** Reads all of a file. */
    static Outcomes read(Path path, Rejects rejects, ProgressListener progress) {
        Outcomes read = new Outcomes(path);
        new DelimitedFile(path, DelimitedFormat.CSV, COLUMNS).forEach(rejects, progress, read::add);
        return read;
    }

    private void add(SourceRow row) throws RejectedRow {
        Shown shown =
                new Shown(
                        row.wholeNumber("correlation"),
                        row.wholeNumber("user"),
                        row.wholeNumber("item"));
        int labels =
                label(row, "click", EventColumns.CLICK)
                        | label(row, "long_view", EventColumns.LONG_VIEW)
                        | label(row, "like", EventColumns.LIKE);
        Outcome other = outcomes.putIfAbsent(shown, new Outcome(labels, row.line()));
        if (other != null) {
            throw new RejectedRow("outcome twice, the other in line " + other.line);
        }
    }

    private static int label(SourceRow row, String column, int label) throws RejectedRow {
        return switch (row.text(column)) {
            case "0" -> 0;
            case "1" -> label;
            default -> throw new RejectedRow(column + " is neither 0 nor 1: " + row.text(column));
        };
    }

    /** Takes the labels of an item that was shown; 0 where nothing came of it. */
    int take(long correlationId, long userId, long itemId) {
        Outcome outcome = outcomes.remove(new Shown(correlationId, userId, itemId));
        return outcome == null ? 0 : outcome.labels;
    }

    /** Rejects what was not taken: nothing of the kind was shown. */
    void rejectRest(Rejects rejects) {
        outcomes.values().stream()
                .mapToLong(Outcome::line)
                .sorted()
                .forEach(line -> rejects.add(file, line, "no such impression in the log"));
    }
}
