package io.millrace.data.importers.impressions;

/**
 * What became of the feedback of a log, in events that say what came of an impression.
 *
 * @param joined those that belong to an impression of the data set
 * @param elsewhere those that belong to an impression of another bundle
 * @param unjoined those to which no impression was found
 */
public record FeedbackCounts(long joined, long elsewhere, long unjoined) {
    /** Where feedback was not looked at. */
    static final FeedbackCounts NONE = new FeedbackCounts(0, 0, 0);

    /**
     * All of them.
     *
     * @return the sum.
     */
    public long events() {
        return joined + elsewhere + unjoined;
    }
}
