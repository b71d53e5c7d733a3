package io.millrace.ranker.retrieval;

import io.millrace.ranker.tower.TwoTowerModel;

/**
 * By what most users watched last, for everybody the same.
 *
 * @param towers query tower and item tower; closed with this.
 * @param lists a single one; closed with this.
 */
public record PopularRetrieval(TwoTowerModel towers, ItemLists lists) implements ListRetrieval {
    /** The only list there is. */
    public static final int EVERYBODY = 0;

    /**
     * Of logarithms of the counts. How it was chosen: docs/decisions/0034-candidates-from-lists.md.
     */
    private static final float TEMPERATURE = 1;

    @Override
    public float temperature() {
        return TEMPERATURE;
    }
}
