package io.millrace.data.train.tower;

import io.millrace.data.dataset.Dataset;
import io.millrace.data.train.optimise.TableTrainer;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.model.FeatureInput;
import io.millrace.ranker.tower.TwoTowerModel;

import java.lang.foreign.MemorySegment;

/**
 * Brings the users and the items of a batch into the inputs of the towers, and the gradients of
 * these inputs back to the embeddings they came from.
 *
 * <p>Threading: groups and columns may be gathered side by side; tables may be scattered to side by
 * side.
 */
final class TowerRows {
    private final Dataset dataset;
    private final TwoTowerModel model;
    private final NetworkTrainer queries;
    private final NetworkTrainer items;

    /** Where from, and whose inputs they become. */
    TowerRows(Dataset dataset, TwoTowerModel model, NetworkTrainer queries, NetworkTrainer items) {
        this.dataset = dataset;
        this.model = model;
        this.queries = queries;
        this.items = items;
    }

    /** Writes the users of some groups. */
    void gatherUsers(TowerBatch batch, int fromGroup, int toGroup) {
        RowTable users = dataset.users();
        new PooledHistories(model)
                .gather(users, batch, fromGroup, toGroup, queries.inputs, queries.width());
        for (int row = batch.groupStart(fromGroup); row < batch.groupStart(toGroup); row++) {
            model.userInput()
                    .gatherInto(
                            users.segment(),
                            users.offset(batch.user(row)),
                            queries.inputs,
                            row * queries.width() + model.history().width());
        }
    }

    /** Writes the items of some columns. */
    void gatherItems(TowerBatch batch, int from, int to) {
        RowTable itemRows = dataset.items();
        for (int column = from; column < to; column++) {
            model.gatherItem(
                    itemRows.segment(),
                    itemRows.offset(batch.item(column) - FeatureField.FIRST),
                    batch.isAnonymous(column),
                    items.inputs,
                    column * items.width());
        }
    }

    /** Adds the gradients of a batch to those rows of a table that a trainer owns. */
    void scatter(TowerBatch batch, TableTrainer table) {
        if (table.table().name().equals(FeatureField.ITEM_TABLE)) {
            scatterItems(batch, table);
        } else {
            scatterFeatures(batch, table);
        }
    }

    private void scatterItems(TowerBatch batch, TableTrainer table) {
        for (int column = 0; column < batch.columns(); column++) {
            int id = batch.isAnonymous(column) ? FeatureField.UNSEEN : batch.item(column);
            if (table.owns(id)) {
                table.add(id, 1, items.inputGradients, column * items.width());
            }
        }
        new PooledHistories(model)
                .scatter(dataset.users(), batch, queries.inputGradients, queries.width(), table);
    }

    private void scatterFeatures(TowerBatch batch, TableTrainer table) {
        RowTable users = dataset.users();
        RowTable itemRows = dataset.items();
        for (int row = 0; row < batch.rows(); row++) {
            scatterRow(
                    table,
                    model.userInput(),
                    users.segment(),
                    users.offset(batch.user(row)),
                    queries.inputGradients,
                    row * queries.width() + model.history().width());
        }
        for (int column = 0; column < batch.columns(); column++) {
            scatterRow(
                    table,
                    model.itemInput(),
                    itemRows.segment(),
                    itemRows.offset(batch.item(column) - FeatureField.FIRST),
                    items.inputGradients,
                    column * items.width() + model.items().dimension());
        }
    }

    private static void scatterRow(
            TableTrainer table,
            FeatureInput input,
            MemorySegment rows,
            long offset,
            float[] gradients,
            int at) {
        for (int field = 0; field < input.fieldCount(); field++) {
            if (!input.hasTable(field) || input.table(field) != table.table()) {
                continue;
            }
            int count = input.idCount(field, rows, offset);
            for (int i = 0; i < count; i++) {
                int id = input.id(field, i, rows, offset);
                if (table.owns(id)) {
                    float share = input.share(field, i, rows, offset);
                    table.add(id, share, gradients, at + input.position(field));
                }
            }
        }
    }
}
