package io.millrace.data.retrieve;

import io.millrace.ranker.retrieval.ItemLists;
import io.millrace.ranker.retrieval.PopularRetrieval;

/** By how many users watched an item last, for everybody the same. */
final class PopularScores implements ItemScores {
    private final float[] ofAll;

    PopularScores(ItemLists lists) {
        ofAll = new float[lists.itemCount()];
        for (int i = 0; i < lists.length(PopularRetrieval.EVERYBODY); i++) {
            ofAll[lists.item(PopularRetrieval.EVERYBODY, i)] =
                    lists.score(PopularRetrieval.EVERYBODY, i);
        }
    }

    @Override
    public void scoreInto(int user, float[] scores) {
        System.arraycopy(ofAll, 0, scores, 0, ofAll.length);
    }
}
