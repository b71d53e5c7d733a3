package io.millrace.ranker.features;

/** Where a context value comes from when the request does not name it. */
public enum ContextSource {
    /** From the request only; otherwise the field's serving default. */
    REQUEST(0),
    /** Hour of the day, 0 to 23, at the schema's offset from UTC. */
    HOUR_OF_DAY(24),
    /** Day of the week, 0 = Monday to 6 = Sunday, at the schema's offset from UTC. */
    DAY_OF_WEEK(7);

    private final int codes;

    ContextSource(int codes) {
        this.codes = codes;
    }

    /**
     * How many raw codes the time gives.
     *
     * @return codes are 0 to this - 1; 0 when the time tells nothing.
     */
    public int codes() {
        return codes;
    }
}
