package io.millrace.data.retrieve;

import io.millrace.data.dataset.Dataset;
import io.millrace.ranker.factors.FoldIn;
import io.millrace.ranker.factors.ItemFactors;
import io.millrace.ranker.features.RowTable;

/** By the inner product of an item's factors and those of the user, folded in from the history. */
final class FactorScores implements ItemScores {
    private final RowTable users;
    private final ItemFactors items;
    private final FoldIn foldIn;
    private final float[] vector;

    FactorScores(Dataset dataset, ItemFactors items) {
        this.users = dataset.users();
        this.items = items;
        this.foldIn = items.newFoldIn(dataset.schema());
        this.vector = new float[items.settings().dimension()];
    }

    @Override
    public void scoreInto(int user, float[] scores) {
        foldIn.embedInto(users.segment(), users.offset(user), vector);
        items.scoreInto(vector, scores);
    }
}
