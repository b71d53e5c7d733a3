package io.millrace.data.dataset;

/** What may come of an impression, and a ranker foretells. */
public enum Label {
    /** It is clicked. */
    CLICK("click"),
    /** It is watched for long. */
    LONG_VIEW("long_view");

    private final String key;

    Label(String key) {
        this.key = key;
    }

    /**
     * The name in figures and options.
     *
     * @return as in {@code long_view}.
     */
    public String key() {
        return key;
    }

    /**
     * Whether it came.
     *
     * @param events the impressions.
     * @param index index of the impression.
     * @return the truth.
     */
    public boolean holds(InteractionTable events, long index) {
        return switch (this) {
            case CLICK -> events.isClick(index);
            case LONG_VIEW -> events.isLongView(index);
        };
    }
}
