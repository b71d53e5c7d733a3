package io.millrace.server.funnel.rows;

import io.millrace.core.file.TemporaryPaths;
import io.millrace.core.progress.ProgressListener;
import io.millrace.core.thread.Aside;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.store.FeatureStore;
import io.millrace.ranker.store.ItemRowMirror;
import io.millrace.server.metrics.Gauge;

import org.jspecify.annotations.Nullable;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The rows of users and items that requests are answered from.
 *
 * <p>Threading: any thread. Ownership: closes what it opened, not the rows it was made of.
 */
public final class ServedRows implements AutoCloseable {
    private static final String USERS = "users";
    private static final String ITEMS = "items";

    /** Of a file of rows that a store begins with instead of those of the bundle. */
    private static final String RESTORED = ".rows";

    private final UserRows users;
    private final ItemRowMirror items;
    private final List<FeatureStore> stores;

    private ServedRows(UserRows users, ItemRowMirror items, List<FeatureStore> stores) {
        this.users = users;
        this.items = items;
        this.stores = stores;
    }

    /**
     * Rows as they are now, kept in stores between runs.
     *
     * @param folder of the stores; filled when it is not yet
     * @param users the users as they were when the bundle was built
     * @param items the items likewise
     * @param room for how many items that come later
     * @param progress told of the filling
     */
    public static ServedRows stored(
            Path folder, RowTable users, RowTable items, int room, ProgressListener progress) {
        List<FeatureStore> stores = new ArrayList<>();
        // Opening goes over all of a store's file.
        Aside<FeatureStore> aside = Aside.begin(USERS, () -> open(folder, USERS, users));
        try {
            FeatureStore itemStore = open(folder, ITEMS, items);
            stores.add(itemStore);
            FeatureStore userStore = aside.result();
            stores.addFirst(userStore);
            fill(userStore, folder, USERS, users, progress);
            fill(itemStore, folder, ITEMS, items, progress);
            return new ServedRows(
                    () -> userStore.newReader()::readInto,
                    ItemRowMirror.of(items, itemStore, room),
                    stores);
        } catch (Throwable t) {
            stores.reversed().forEach(FeatureStore::close);
            if (stores.size() < 2) {
                aside.drop(FeatureStore::close);
            }
            throw t;
        }
    }

    /**
     * Rows that nothing changes.
     *
     * @param users wherever they come from
     * @param items as they were when the bundle was built
     */
    public static ServedRows fixed(UserRows users, RowTable items) {
        return new ServedRows(users, ItemRowMirror.of(items), List.of());
    }

    private static FeatureStore open(Path folder, String name, RowTable rows) {
        return FeatureStore.exists(folder, name)
                ? FeatureStore.open(folder, name, rows.layout())
                : FeatureStore.create(
                        folder, name, rows.layout(), Math.max(1, capacity(folder, name, rows)));
    }

    private static int capacity(Path folder, String name, RowTable rows) {
        Path restored = restored(folder, name);
        if (!Files.exists(restored)) {
            return rows.count();
        }
        try (RowTable others = RowTable.open(restored, rows.layout())) {
            return Math.max(rows.count(), others.count());
        }
    }

    /** Brings rows into a store that has none yet. */
    private static void fill(
            FeatureStore store,
            Path folder,
            String name,
            RowTable rows,
            ProgressListener progress) {
        Path restored = restored(folder, name);
        if (store.isLoaded()) {
            TemporaryPaths.remove(restored);
        } else if (!Files.exists(restored)) {
            store.bulkLoad(rows, progress);
        } else {
            try (RowTable others = RowTable.open(restored, rows.layout())) {
                store.bulkLoad(others, progress);
            }
            TemporaryPaths.remove(restored);
        }
    }

    private static Path restored(Path folder, String name) {
        return folder.resolve(name + RESTORED);
    }

    public UserRows users() {
        return users;
    }

    public ItemRowMirror items() {
        return items;
    }

    /** Where rows of users are changed, or null where nothing changes them. */
    public @Nullable FeatureStore userStore() {
        return stores.isEmpty() ? null : stores.getFirst();
    }

    /** Where rows of items are kept, or null where nothing changes them. */
    public @Nullable FeatureStore itemStore() {
        return stores.isEmpty() ? null : stores.getLast();
    }

    /** How full the stores are. */
    public List<Gauge> gauges() {
        List<Gauge> gauges = new ArrayList<>();
        for (FeatureStore store : stores) {
            gauges.add(
                    new Gauge(
                            "store_headroom",
                            label(store),
                            "Share of the planned room of the feature store that is free.",
                            store.headroom()));
        }
        for (FeatureStore store : stores) {
            gauges.add(
                    new Gauge(
                            "store_tiered_segments",
                            label(store),
                            "Segments of the feature store that have outgrown their first tier.",
                            store.health().tieredSegments()));
        }
        return gauges;
    }

    private String label(FeatureStore store) {
        return "store=\"" + (store == stores.getFirst() ? USERS : ITEMS) + "\"";
    }

    @Override
    public void close() {
        items.close();
        stores.reversed().forEach(FeatureStore::close);
    }
}
