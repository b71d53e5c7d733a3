package io.millrace.data.importers.impressions;

import io.millrace.core.metrics.Figures;
import io.millrace.data.importers.ImportReport;

/**
 * What an import of impressions did.
 *
 * @param done as of any import
 * @param feedback what became of the log's feedback; none where a file says what came of the
 *     impressions
 * @param laterUsers answers that were left out, since their users came later than the bundle
 * @param laterItems answered items that were left out, since they came later than the bundle
 */
public record ImpressionReport(
        ImportReport done, FeedbackCounts feedback, long laterUsers, long laterItems) {
    /**
     * The report as figures.
     *
     * @return those of any import, feedback_joined, feedback_elsewhere, feedback_unjoined,
     *     later_users, later_items.
     */
    public Figures figures() {
        return done.figures()
                .put("feedback_joined", feedback.joined())
                .put("feedback_elsewhere", feedback.elsewhere())
                .put("feedback_unjoined", feedback.unjoined())
                .put("later_users", laterUsers)
                .put("later_items", laterItems);
    }
}
