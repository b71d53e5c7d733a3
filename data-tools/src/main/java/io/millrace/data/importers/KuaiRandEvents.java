package io.millrace.data.importers;

import io.millrace.data.dataset.InteractionTable;

import java.util.Arrays;

/**
 * Impressions of one file as growing columns.
 *
 * <p>Threading: one thread.
 */
final class KuaiRandEvents {
    private static final int FIRST_CAPACITY = 1 << 16;
    private static final int HOUR_UNIT = 100;
    private static final int LABEL_BITS = 3;

    private int[] users = new int[FIRST_CAPACITY];
    private int[] items = new int[FIRST_CAPACITY];
    private long[] timesMs = new long[FIRST_CAPACITY];
    private float[] watchRatios = new float[FIRST_CAPACITY];
    private int[] labels = new int[FIRST_CAPACITY];
    private int[] tabs = new int[FIRST_CAPACITY];
    private int[] hours = new int[FIRST_CAPACITY];
    private int[] daysOfWeek = new int[FIRST_CAPACITY];
    private int count;

    /** Takes an impression; one that its user's history reaches beyond would give its end away. */
    void add(
            DelimitedFile.Row row,
            KuaiRandCatalogue users,
            KuaiRandCatalogue videos,
            KuaiRandHistory history)
            throws DelimitedFile.RejectedRow {
        int user = known(users.rowOf(row.wholeNumber("user_id")), "user", row.text("user_id"));
        int item = known(videos.rowOf(row.wholeNumber("video_id")), "video", row.text("video_id"));
        long timeMs = row.wholeNumber("time_ms");
        if (timeMs < history.lastTimeMs(user)) {
            throw new DelimitedFile.RejectedRow(
                    "before the end of the user's history: " + row.text("time_ms"));
        }
        int label = flag(row, "is_click") | flag(row, "long_view") << 1 | flag(row, "is_like") << 2;
        double watchRatio = row.number("watch_ratio");
        int tab = code(row, "tab");
        int hour = Math.floorDiv(code(row, "hourmin"), HOUR_UNIT);
        int day = KuaiRandImporter.dayOfWeek(row.wholeNumber("date"));
        if (count == this.users.length) {
            grow();
        }
        this.users[count] = user;
        items[count] = item;
        timesMs[count] = timeMs;
        labels[count] = label;
        watchRatios[count] = Double.isNaN(watchRatio) ? 0 : (float) watchRatio;
        tabs[count] = tab;
        hours[count] = hour;
        daysOfWeek[count] = day;
        count++;
    }

    /** Indexes in the order of time; impressions of the same time keep the order of the file. */
    int[] orderByTime() {
        long[] keys = new long[count];
        boolean isSorted = true;
        for (int i = 0; i < count; i++) {
            keys[i] = timesMs[i];
            isSorted &= i == 0 || timesMs[i] >= timesMs[i - 1];
        }
        int[] order = new int[count];
        Arrays.setAll(order, i -> i);
        if (isSorted) {
            return order;
        }
        Integer[] boxed = new Integer[count];
        Arrays.setAll(boxed, i -> i);
        Arrays.sort(boxed, (a, b) -> Long.compare(keys[a], keys[b]));
        Arrays.setAll(order, i -> boxed[i]);
        return order;
    }

    void copyInto(int event, InteractionTable.Builder table, int index) {
        table.setImpression(index, users[event], items[event], timesMs[event]);
        int label = labels[event];
        assert label >>> LABEL_BITS == 0 : label;
        table.setOutcome(
                index, (label & 1) != 0, (label & 2) != 0, (label & 4) != 0, watchRatios[event]);
    }

    int tab(int event) {
        return tabs[event];
    }

    int hour(int event) {
        return hours[event];
    }

    int dayOfWeek(int event) {
        return daysOfWeek[event];
    }

    private void grow() {
        int capacity = users.length * 2;
        users = Arrays.copyOf(users, capacity);
        items = Arrays.copyOf(items, capacity);
        timesMs = Arrays.copyOf(timesMs, capacity);
        watchRatios = Arrays.copyOf(watchRatios, capacity);
        labels = Arrays.copyOf(labels, capacity);
        tabs = Arrays.copyOf(tabs, capacity);
        hours = Arrays.copyOf(hours, capacity);
        daysOfWeek = Arrays.copyOf(daysOfWeek, capacity);
    }

    private static int known(int row, String what, String id) throws DelimitedFile.RejectedRow {
        if (row < 0) {
            throw new DelimitedFile.RejectedRow("unknown " + what + ": " + id);
        }
        return row;
    }

    private static int flag(DelimitedFile.Row row, String column) throws DelimitedFile.RejectedRow {
        return switch (row.text(column)) {
            case "0", "0.0" -> 0;
            case "1", "1.0" -> 1;
            default ->
                    throw new DelimitedFile.RejectedRow(
                            column + " is neither 0 nor 1: " + row.text(column));
        };
    }

    /** A small code that may be missing, -1 then. */
    private static int code(DelimitedFile.Row row, String column) throws DelimitedFile.RejectedRow {
        return row.text(column).isEmpty() ? -1 : (int) row.wholeNumber(column);
    }
}
