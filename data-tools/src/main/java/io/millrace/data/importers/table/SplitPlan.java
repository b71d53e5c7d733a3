package io.millrace.data.importers.table;

import io.millrace.core.error.MillraceException;

/**
 * How events are parted by time. The first become histories and counters, the next are to train on,
 * the last to test on; each part begins with a day.
 *
 * @param historyShare about how many of the events are history.
 * @param testShare about how many are to test on.
 */
public record SplitPlan(double historyShare, double testShare) {
    /** Seven tenths are history, two tenths to train on, a tenth to test on. */
    public static final SplitPlan DEFAULT = new SplitPlan(0.7, 0.1);

    /** Validates. */
    public SplitPlan {
        if (!(historyShare > 0) || !(testShare > 0) || !(historyShare + testShare < 1)) {
            throw MillraceException.usage(
                    "bad parts of the events: history=%s, test=%s; both above 0, together below 1",
                    historyShare, testShare);
        }
    }
}
