package io.millrace.ranker.retrieval;

import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.tower.TwoTowerModel;

/**
 * By what the same users watched as the items in the history.
 *
 * @param towers query tower and item tower; closed with this.
 * @param lists for each item those like it; closed with this.
 * @param schema the features of the users' rows.
 */
public record NeighbourRetrieval(TwoTowerModel towers, ItemLists lists, FeatureSchema schema)
        implements ListRetrieval {
    /**
     * Of logarithms of the sums. How it was chosen: docs/decisions/0034-candidates-from-lists.md.
     */
    private static final float TEMPERATURE = 0.075f;

    /**
     * A way to merge the lists of users.
     *
     * @return a new one for one thread.
     */
    public ListMerge newMerge() {
        return new ListMerge(lists, schema);
    }

    @Override
    public float temperature() {
        return TEMPERATURE;
    }
}
