package io.millrace.data.importers;

import io.millrace.core.metrics.Figures;

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
