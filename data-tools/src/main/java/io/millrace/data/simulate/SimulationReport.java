package io.millrace.data.simulate;

import io.millrace.core.metrics.Figures;

/**
 * What a simulation made.
 *
 * @param users count of users.
 * @param items count of items.
 * @param historyEvents watched before the first impression.
 * @param trainEvents impressions to train on.
 * @param testEvents impressions to test on.
 * @param clickRate share of clicks among all impressions.
 * @param seconds wall time.
 */
public record SimulationReport(
        long users,
        long items,
        long historyEvents,
        long trainEvents,
        long testEvents,
        double clickRate,
        double seconds) {
    /**
     * The report as figures.
     *
     * @return users, items, history_events, train_events, test_events, click_rate, seconds.
     */
    public Figures figures() {
        return new Figures()
                .put("users", users)
                .put("items", items)
                .put("history_events", historyEvents)
                .put("train_events", trainEvents)
                .put("test_events", testEvents)
                .put("click_rate", clickRate)
                .put("seconds", seconds);
    }
}
