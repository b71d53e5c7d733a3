package io.millrace.data.importers;

import io.millrace.core.metrics.Figures;
import io.millrace.data.dataset.DatasetWriter;

import java.util.List;

/**
 * What an import did.
 *
 * @param users users taken.
 * @param items items taken.
 * @param trainEvents impressions to train on.
 * @param testEvents impressions to test on.
 * @param rejected rows that could not be taken.
 * @param examples the first of those, {@code file:line: reason}.
 * @param seconds wall time.
 */
public record ImportReport(
        long users,
        long items,
        long trainEvents,
        long testEvents,
        long rejected,
        List<String> examples,
        double seconds) {
    private static final double NS_PER_SECOND = 1e9;

    /**
     * The report of an import that has just ended.
     *
     * @param counts what was written.
     * @param rejects what was not.
     * @param startNs when it began, by {@link System#nanoTime}.
     * @return the report.
     */
    public static ImportReport of(DatasetWriter.Counts counts, Rejects rejects, long startNs) {
        return new ImportReport(
                counts.users(),
                counts.items(),
                counts.trainEvents(),
                counts.testEvents(),
                rejects.count(),
                rejects.examples(),
                (System.nanoTime() - startNs) / NS_PER_SECOND);
    }

    /**
     * The report as figures.
     *
     * @return users, items, train_events, test_events, rejected, seconds.
     */
    public Figures figures() {
        return new Figures()
                .put("users", users)
                .put("items", items)
                .put("train_events", trainEvents)
                .put("test_events", testEvents)
                .put("rejected", rejected)
                .put("seconds", seconds);
    }
}
