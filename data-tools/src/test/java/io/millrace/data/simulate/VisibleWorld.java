package io.millrace.data.simulate;

import io.millrace.data.dataset.Dataset;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowLayout;
import io.millrace.ranker.features.RowTable;

import java.util.Arrays;

/** Reads single features of an open data set, as a test wants them. */
final class VisibleWorld {
    private final Dataset dataset;

    VisibleWorld(Dataset dataset) {
        this.dataset = dataset;
    }

    int users() {
        return dataset.users().count();
    }

    int items() {
        return dataset.items().count();
    }

    /** Rows of the items in a sequence of a user, oldest first. */
    int[] sequence(String field, int user) {
        RowTable users = dataset.users();
        long at = at(users, field, user);
        int[] rows = new int[users.segment().get(RowLayout.INT, at)];
        Arrays.setAll(
                rows,
                i -> users.segment().get(RowLayout.INT, at + 4L * (i + 1)) - FeatureField.FIRST);
        return rows;
    }

    float userNumber(String field, int user) {
        return dataset.users().segment().get(RowLayout.FLOAT, at(dataset.users(), field, user));
    }

    float itemNumber(String field, int item) {
        return dataset.items().segment().get(RowLayout.FLOAT, at(dataset.items(), field, item));
    }

    int itemCategory(String field, int item) {
        return dataset.items().segment().get(RowLayout.INT, at(dataset.items(), field, item));
    }

    int[] tags(int item) {
        long at = at(dataset.items(), "tags", item);
        int[] ids = new int[dataset.items().segment().get(RowLayout.INT, at)];
        Arrays.setAll(ids, i -> dataset.items().segment().get(RowLayout.INT, at + 4L * (i + 1)));
        return ids;
    }

    /** Raw code of a context feature of an impression to train on. */
    int trainCode(String field, long impression) {
        RowLayout layout = dataset.schema().layout(FeatureScope.CONTEXT);
        long at =
                dataset.train().contextOffset(impression)
                        + 4L * layout.slotOf(dataset.schema().field(field));
        return dataset.train().contextSegment().get(RowLayout.INT, at) - FeatureField.FIRST;
    }

    private long at(RowTable rows, String field, int row) {
        return rows.offset(row) + 4L * rows.layout().slotOf(dataset.schema().field(field));
    }
}
