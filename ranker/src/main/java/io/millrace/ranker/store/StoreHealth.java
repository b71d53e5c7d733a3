package io.millrace.ranker.store;

/**
 * How full a store is.
 *
 * @param rows rows it holds.
 * @param plannedRows rows it has room for before segments need further tiers; twice the capacity it
 *     was made with.
 * @param headroom share of the planned room that is free; below 0 when it has outgrown it.
 * @param segments segments it is divided into.
 * @param tieredSegments segments that have outgrown their first tier and are slower for it.
 * @param remainingResizes how often it can still grow by tiers before it is full.
 * @param fileBytes length of its file, of which only touched pages take disk.
 */
public record StoreHealth(
        long rows,
        long plannedRows,
        double headroom,
        int segments,
        int tieredSegments,
        int remainingResizes,
        long fileBytes) {

    /** Below this share of free room an operator should plan a larger store. */
    public static final double LEAST_HEADROOM = 0.2;

    /**
     * Whether an operator should look: little room is left, or segments have tiers already.
     *
     * @return true for an alert.
     */
    public boolean isAlert() {
        return headroom < LEAST_HEADROOM || tieredSegments > 0;
    }
}
