package io.millrace.server.funnel;

import io.millrace.index.VectorIndex;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.store.FeatureStore;
import io.millrace.server.change.Change;
import io.millrace.server.change.ChangeJournal;
import io.millrace.server.change.Changes;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.metrics.Gauge;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How a bundle changes while it is served. Made first, since others ask it what is served; then
 * what its journal has is made again ({@link #replay}), before anything is computed of the rows; at
 * last it takes changes ({@link #serve}).
 *
 * <p>Threading: one thread until it serves, then any. Ownership: closes its journal, and is to be
 * closed before all that changes.
 */
final class BundleChanges implements Changes, AutoCloseable {
    private final LivingItems living;
    private final ItemChanges items = new ItemChanges();

    /** Null where rows are fixed. */
    private final @Nullable StoredChanges stored;

    private @Nullable ChangeJournal journal;
    private @Nullable LiveChanges target;

    BundleChanges(FeatureSchema schema, VectorIndex index, ServedRows rows) {
        living = new LivingItems(index);
        FeatureStore users = rows.userStore();
        stored =
                users == null
                        ? null
                        : new StoredChanges(
                                new RowChanges(schema, living, users, rows.items()), living);
    }

    /** Which items are served. */
    LivingItems living() {
        return living;
    }

    /** Tells which items' rows change, and what was computed of them. */
    ItemChanges items() {
        return items;
    }

    /**
     * Makes the changes of the journal again, unless changes are off.
     *
     * @param folder of the journal
     * @param config whether there is one, and how large it becomes
     * @param columns the most columns that a change may bring
     */
    void replay(Path folder, ServerConfig config, int columns) {
        if (stored != null && config.changes().enabled()) {
            journal = ChangeJournal.open(folder, config, columns, stored);
        }
        living.beginServing();
    }

    /**
     * From now on changes are taken, if there is a journal.
     *
     * @param ranker has computed something of the items' rows
     */
    void serve(BundleRanker ranker) {
        if (stored != null && journal != null) {
            target = new LiveChanges(stored, items, ranker);
            journal.startCompacting();
        }
    }

    /** Makes changes that are on the disk; null where none are taken. */
    @Nullable LiveChanges target() {
        return target;
    }

    @Override
    public boolean submit(Change change) {
        return journal != null && target != null && journal.submit(change, target);
    }

    List<Gauge> gauges() {
        if (journal == null) {
            return List.of();
        }
        List<Gauge> gauges = new ArrayList<>(journal.gauges());
        gauges.add(
                Gauge.of(
                        "deleted_items",
                        "Items of the bundle that were deleted since.",
                        living.deletedCount()));
        return gauges;
    }

    @Override
    public void close() {
        if (journal != null) {
            journal.close();
        }
    }
}
