package io.millrace.server.funnel.bundle;

import io.millrace.index.VectorIndex;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.retrieval.RetrievalModel;
import io.millrace.ranker.store.FeatureStore;
import io.millrace.server.change.Change;
import io.millrace.server.change.ChangeJournal;
import io.millrace.server.change.ChangeSize;
import io.millrace.server.change.Changes;
import io.millrace.server.change.KnownColumns;
import io.millrace.server.change.MadeChanges;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.funnel.Catalogue;
import io.millrace.server.funnel.attributes.ServedAttributes;
import io.millrace.server.funnel.rows.ItemChanges;
import io.millrace.server.funnel.rows.RowChanges;
import io.millrace.server.funnel.rows.ServedRows;
import io.millrace.server.funnel.rows.UpdateReader;
import io.millrace.server.funnel.scoring.BundleRanker;
import io.millrace.server.funnel.search.UnitVectors;
import io.millrace.server.funnel.search.UpsertedVectors;
import io.millrace.server.living.LivingItems;
import io.millrace.server.living.UpsertedGraph;
import io.millrace.server.living.UpsertedItems;
import io.millrace.server.metrics.Gauge;
import io.millrace.server.request.RequestKind;

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

    private final @Nullable UpsertedVectors vectors;

    /** Null where rows are fixed. */
    private final @Nullable StoredChanges stored;

    private @Nullable ChangeJournal journal;
    private @Nullable LiveChanges target;

    /**
     * No changes yet.
     *
     * @param schema the declared features
     * @param index finds items by vector
     * @param retrieval makes vectors of features
     * @param rows of users and items
     * @param living which items are served
     * @param units has the directions of all items
     * @param attributes of the items; null where there are none
     */
    BundleChanges(
            FeatureSchema schema,
            VectorIndex index,
            RetrievalModel retrieval,
            ServedRows rows,
            LivingItems living,
            UnitVectors units,
            @Nullable ServedAttributes attributes) {
        this.living = living;
        FeatureStore users = rows.userStore();
        if (users == null) {
            vectors = null;
            stored = null;
            return;
        }
        UpdateReader updates = new UpdateReader(schema, index, retrieval, living);
        vectors = new UpsertedVectors(index, retrieval, living, rows.items(), units);
        stored =
                new StoredChanges(
                        new RowChanges(
                                updates,
                                living,
                                users,
                                rows.items(),
                                attributes == null ? null : attributes.changes()),
                        vectors,
                        living);
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
     * @param catalogue says how large a change may be
     */
    void replay(Path folder, ServerConfig config, Catalogue catalogue) {
        if (stored != null && config.changes().enabled()) {
            ChangeSize size = new ChangeSize(catalogue.mostColumns(), catalogue.dimension());
            journal = ChangeJournal.open(folder, config, size, stored);
        }
        if (vectors != null) {
            vectors.beginServing();
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
            UpsertedItems upserted = living.upserted();
            for (int slot = 0; slot < upserted.count(); slot++) {
                int ordinal = upserted.ordinalAt(slot);
                if (living.isLater(ordinal)) {
                    ranker.refresh(ordinal);
                }
            }
            target = new LiveChanges(stored, items, ranker);
            journal.startCompacting();
            UpsertedGraph graph = living.graph();
            if (graph != null) {
                graph.start();
            }
        }
    }

    /** Makes changes that are on the disk; null where none are taken. */
    @Nullable LiveChanges target() {
        return target;
    }

    @Override
    public boolean submit(Change change) {
        if (journal == null || target == null) {
            return false;
        }
        if (change.request().kind() != RequestKind.UPSERT) {
            return journal.submit(change, target);
        }
        PromisedUpsert upsert = new PromisedUpsert(change, living);
        if (!upsert.begin()) {
            return false;
        }
        boolean isTaken = journal.submit(upsert, target);
        if (!isTaken) {
            upsert.release();
        }
        return isTaken;
    }

    @Override
    public MadeChanges made(long after, KnownColumns known) {
        return journal == null ? MadeChanges.NONE : journal.made(after, known);
    }

    /** What changes are brought to the disk by; null where none are taken. */
    @Nullable ChangeJournal journal() {
        return journal;
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
        UpsertedItems upserted = living.upserted();
        gauges.add(
                Gauge.of(
                        "new_items",
                        "Items that came later than the bundle and are served.",
                        living.laterCount()));
        gauges.add(
                Gauge.of(
                        "upserted_items",
                        "Items that were upserted, those deleted since among them.",
                        upserted.count()));
        gauges.add(Gauge.of("upserted_items_limit", "How many are taken.", upserted.room()));
        gauges.add(
                Gauge.of(
                        "upserted_items_scanned",
                        "Upserted items that each search looks at one by one.",
                        upserted.looseCount()));
        UpsertedGraph graph = living.graph();
        gauges.add(
                Gauge.of(
                        "upserted_items_in_graph",
                        "Upserted items that their own graph has.",
                        graph == null ? 0 : graph.size()));
        return gauges;
    }

    @Override
    public void close() {
        if (journal != null) {
            journal.close();
        }
    }
}
