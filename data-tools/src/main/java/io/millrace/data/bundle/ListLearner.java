package io.millrace.data.bundle;

import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.retrieve.PopularList;
import io.millrace.data.retrieve.Retriever;
import io.millrace.data.train.collaborative.ItemNeighbours;
import io.millrace.data.train.collaborative.NeighbourPlan;
import io.millrace.ranker.retrieval.ItemLists;

/** Makes the lists that the candidates of a bundle come from. */
final class ListLearner {
    private ListLearner() {}

    /**
     * Counts what is in the histories of a data set.
     *
     * @param dataset the data set.
     * @param way POPULAR for one list for everybody, ITEM_KNN for one of each item.
     * @param plan how lists of items are made.
     * @param progress told of the items.
     * @return the lists, of which not all are empty.
     * @throws MillraceException BAD_INPUT when they would be.
     */
    static ItemLists learn(
            Dataset dataset, Retriever way, NeighbourPlan plan, ProgressListener progress) {
        ItemLists lists =
                way == Retriever.POPULAR
                        ? PopularList.of(dataset)
                        : ItemNeighbours.of(dataset, plan, progress);
        boolean isEmpty = true;
        for (int list = 0; list < lists.count() && isEmpty; list++) {
            isEmpty = lists.length(list) == 0;
        }
        if (isEmpty) {
            throw MillraceException.badInput(
                    "nobody has watched what others have: data set=%s, users=%d; retrieve by the"
                            + " towers, or import histories",
                    dataset.path(), dataset.users().count());
        }
        return lists;
    }
}
