package io.millrace.data.train.ranker;

import io.millrace.core.progress.ProgressListener;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.dataset.InteractionTable;
import io.millrace.data.train.collaborative.CosineVectors;
import io.millrace.ranker.dcn.RankerInput;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.RowLayout;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.model.EmbeddingTable;
import io.millrace.ranker.model.MatchPass;
import io.millrace.ranker.model.SequenceMatch;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/**
 * The vectors of a data set's items by which a ranker matches candidates with sequences. They are
 * counted from the histories alone, before anything is learnt, and stay as they are.
 *
 * <p>Threading: immutable. Ownership: closes its table.
 */
final class MatchVectors implements AutoCloseable {
    /** As if so many had watched an item, none of whom watched any other. */
    private static final float SHRINKAGE = 20;

    /** The same for all rankers of a data set, so that teachers and student see the same. */
    private static final long SEED = 1;

    /** Enough to tell a mean and a deviation. */
    private static final int MOST_STANDARDISED = 100_000;

    private final @Nullable EmbeddingTable table;

    private MatchVectors(@Nullable EmbeddingTable table) {
        this.table = table;
    }

    /** Counts them, if the plan wants any and there are histories to count. */
    static MatchVectors of(Dataset dataset, RankerTrainingPlan plan, ProgressListener progress) {
        int dimension = plan.matchDimension();
        Integer rows = dataset.schema().tables().get(FeatureField.ITEM_TABLE);
        if (dimension == 0
                || rows == null
                || plan.shape().isSeparable()
                || RankerInput.matched(dataset.schema()).isEmpty()) {
            return new MatchVectors(null);
        }
        float[] vectors =
                CosineVectors.of(dataset, dimension, SHRINKAGE, SEED, plan.threads(), progress);
        EmbeddingTable table = new EmbeddingTable(SequenceMatch.TABLE, rows, dimension);
        for (int item = 0; item < dataset.items().count(); item++) {
            MemorySegment.copy(
                    vectors,
                    item * dimension,
                    table.segment(),
                    RowLayout.FLOAT,
                    table.offset(item + FeatureField.FIRST),
                    dimension);
        }
        return new MatchVectors(table);
    }

    /** The vectors by the ids of the items, or null for none. */
    @Nullable EmbeddingTable table() {
        return table;
    }

    /** Gives matches the mean and the deviation that they have in the impressions learnt from. */
    static void standardise(RankerInput input, Dataset dataset, long learnt) {
        for (SequenceMatch match : input.matches()) {
            standardise(match, dataset, learnt);
        }
    }

    private static void standardise(SequenceMatch match, Dataset dataset, long learnt) {
        InteractionTable events = dataset.train();
        RowTable users = dataset.users();
        RowTable items = dataset.items();
        MatchPass pass = new MatchPass(match);
        long step = Math.ceilDiv(Math.max(1, learnt), (long) MOST_STANDARDISED);
        double sum = 0;
        double squares = 0;
        long count = 0;
        for (long event = 0; event < learnt; event += step) {
            pass.begin(users.segment(), users.offset(events.user(event)));
            double root = pass.root(items.segment(), items.offset(events.item(event)));
            if (!Double.isNaN(root)) {
                sum += root;
                squares += root * root;
                count++;
            }
        }
        double mean = count == 0 ? 0 : sum / count;
        double variance = count == 0 ? 0 : squares / count - mean * mean;
        match.standardise((float) mean, variance > 0 ? (float) Math.sqrt(variance) : 1);
    }

    @Override
    public void close() {
        if (table != null) {
            table.close();
        }
    }
}
