package io.millrace.data.importers.kuairand;

import io.millrace.core.progress.ProgressListener;
import io.millrace.data.importers.Rejects;
import io.millrace.data.importers.source.DelimitedFile;
import io.millrace.data.importers.source.DelimitedFormat;
import io.millrace.data.importers.source.RejectedRow;
import io.millrace.data.importers.source.SourceRow;
import io.millrace.data.importers.table.EventColumns;

import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;

/** Reads impressions. */
final class KuaiRandEvents {
    /** Tab, hour and day of the week, in this order. */
    private static final int CONTEXT_FIELDS = 3;

    private static final int HOUR_UNIT = 100;

    private final KuaiRandCatalogue users;
    private final KuaiRandCatalogue videos;
    private final KuaiRandHistory history;
    private final int rateFields;

    KuaiRandEvents(
            KuaiRandCatalogue users,
            KuaiRandCatalogue videos,
            KuaiRandHistory history,
            int rateFields) {
        this.users = users;
        this.videos = videos;
        this.history = history;
        this.rateFields = rateFields;
    }

    EventColumns read(Path file, Rejects rejects, ProgressListener progress) {
        EventColumns events = new EventColumns(CONTEXT_FIELDS, rateFields, EventColumns.ALL_USUAL);
        List<String> required = new ArrayList<>(KuaiRandColumns.IMPRESSION);
        required.addAll(KuaiRandColumns.LABELS);
        new DelimitedFile(file, DelimitedFormat.CSV, required)
                .forEach(rejects, progress, row -> add(row, events));
        return events;
    }

    /** Takes an impression; one that its user's history reaches beyond would give its end away. */
    private void add(SourceRow row, EventColumns events) throws RejectedRow {
        int user = known(users.rowOf(row.wholeNumber("user_id")), "user", row.text("user_id"));
        int item = known(videos.rowOf(row.wholeNumber("video_id")), "video", row.text("video_id"));
        long timeMs = row.wholeNumber("time_ms");
        if (timeMs < history.lastTimeMs(user)) {
            throw new RejectedRow("before the end of the user's history: " + row.text("time_ms"));
        }
        int labels =
                flag(row, "is_click", EventColumns.CLICK)
                        | flag(row, "long_view", EventColumns.LONG_VIEW)
                        | flag(row, "is_like", EventColumns.LIKE);
        events.add(
                user,
                item,
                timeMs,
                labels,
                row.number("watch_ratio"),
                code(row, "tab"),
                Math.floorDiv(code(row, "hourmin"), HOUR_UNIT),
                dayOfWeek(row.wholeNumber("date")));
    }

    private static int known(int row, String what, String id) throws RejectedRow {
        if (row < 0) {
            throw new RejectedRow("unknown " + what + ": " + id);
        }
        return row;
    }

    private static int flag(SourceRow row, String column, int label) throws RejectedRow {
        return switch (row.text(column)) {
            case "0", "0.0" -> 0;
            case "1", "1.0" -> label;
            default -> throw new RejectedRow(column + " is neither 0 nor 1: " + row.text(column));
        };
    }

    /** A small code that may be missing, -1 then. */
    private static int code(SourceRow row, String column) throws RejectedRow {
        return row.text(column).isEmpty() ? -1 : (int) row.wholeNumber(column);
    }

    /** Day of the week of a date such as 20220425, 0 = Monday. */
    private static int dayOfWeek(long date) throws RejectedRow {
        try {
            return LocalDate.of((int) (date / 10_000), (int) (date / 100 % 100), (int) (date % 100))
                            .getDayOfWeek()
                            .getValue()
                    - 1;
        } catch (DateTimeException e) {
            throw new RejectedRow("no date: " + date);
        }
    }
}
