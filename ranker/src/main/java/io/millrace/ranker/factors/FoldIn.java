package io.millrace.ranker.factors;

import io.millrace.core.HotPath;
import io.millrace.ranker.features.FeatureSchema;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Finds the vectors of users for given items. A user needs not have been met in training, and a new
 * item in the history counts at once.
 *
 * <p>Threading: one thread. Allocation: none after construction.
 */
public final class FoldIn {
    /** From nothing to a vector whose scores do not change any more; see FoldInTest. */
    private static final int STEPS = 32;

    private final ItemFactors items;
    private final WatchWeights watched;
    private final RowSolver solver;

    FoldIn(ItemFactors items, FeatureSchema schema) {
        this.items = items;
        this.watched = new WatchWeights(schema, items.settings().longWeight());
        this.solver = new RowSolver(items.settings().dimension());
    }

    /**
     * Finds the vector of a user.
     *
     * @param userRows memory of user rows.
     * @param offset where the user's row begins, in bytes.
     * @param vector where it goes; zeros for a user who watched nothing.
     */
    @HotPath
    public void embedInto(MemorySegment userRows, long offset, float[] vector) {
        watched.read(userRows, offset);
        Arrays.fill(vector, 0);
        solver.solve(
                items.vectors(),
                items.gram(),
                watched.items(),
                watched.weights(),
                0,
                watched.count(),
                items.settings().ridge(watched.count(), items.count()),
                STEPS,
                vector,
                0);
    }
}
