package io.millrace.data.importers.source;

/** Says that a row cannot be taken, and why. */
public final class RejectedRow extends Exception {
    private static final long serialVersionUID = 1L;

    /**
     * Rejects a row.
     *
     * @param reason what is wrong with it, in a few words and with the value.
     */
    public RejectedRow(String reason) {
        super(reason, null, false, false);
    }
}
