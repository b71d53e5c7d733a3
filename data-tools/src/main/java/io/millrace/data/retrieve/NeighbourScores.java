package io.millrace.data.retrieve;

import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.retrieval.ListMerge;

import java.util.Arrays;

/** By the similarities of an item to all that the user watched. */
final class NeighbourScores implements ItemScores {
    private final RowTable users;
    private final ListMerge merge;

    NeighbourScores(RowTable users, ListMerge merge) {
        this.users = users;
        this.merge = merge;
    }

    @Override
    public void scoreInto(int user, float[] scores) {
        Arrays.fill(scores, 0);
        int met = merge.merge(users.segment(), users.offset(user));
        for (int i = 0; i < met; i++) {
            scores[merge.item(i)] = merge.score(merge.item(i));
        }
    }
}
