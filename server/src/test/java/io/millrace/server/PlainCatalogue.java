package io.millrace.server;

import io.millrace.core.bundle.BundleLayout;
import io.millrace.core.wire.codec.SourceCode;
import io.millrace.ranker.dcn.DcnModel;
import io.millrace.ranker.features.ContextEncoder;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.tower.TwoTowerModel;
import io.millrace.server.Frames.Column;
import io.millrace.server.WireClient.Item;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The items of a bundle and those that came later, the simple way: one row each in a table of its
 * own, every vector by the tower or as it came, every likeness by a plain loop.
 */
final class PlainCatalogue implements AutoCloseable {
    private final TinyBundle tiny;
    private final TwoTowerModel towers;
    private final DcnModel ranker;
    private final RowTable bundleRows;
    private final Map<Long, Entry> entries = new LinkedHashMap<>();

    /** Features of an upserted item; a creator below 0 and a duration of NaN are missing. */
    @SuppressWarnings("ArrayRecordComponent") // Compared by nobody.
    record Features(int creator, double duration, int... tags) {
        Column[] columns() {
            List<Column> columns = new ArrayList<>();
            if (creator >= 0) {
                columns.add(Column.of("creator", creator));
            }
            columns.add(Column.of("duration", duration));
            for (int tag : tags) {
                columns.add(Column.of("tags", tag));
            }
            return columns.toArray(Column[]::new);
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // Compared by nobody.
    private record Entry(RowTable rows, int row, float[] vector) {}

    PlainCatalogue(TinyBundle tiny, Path bundle) {
        this.tiny = tiny;
        towers = TwoTowerModel.load(bundle.resolve(BundleLayout.TOWERS), tiny.schema());
        ranker = DcnModel.load(bundle.resolve(BundleLayout.RANKER), tiny.schema());
        bundleRows =
                RowTable.open(
                        bundle.resolve(BundleLayout.ITEMS),
                        tiny.schema().layout(FeatureScope.ITEM));
        for (int row = 0; row < bundleRows.count(); row++) {
            entries.put(bundleRows.id(row), new Entry(bundleRows, row, embed(bundleRows, row)));
        }
    }

    private float[] embed(RowTable rows, int row) {
        float[] vector = new float[TinyBundle.DIMENSION];
        towers.newItemTower().embedInto(rows, row, 1, vector, 0);
        return vector;
    }

    /** Has an item with these features in the place of what there was, by the tower's vector. */
    void upsert(long itemId, Features features) {
        RowTable rows = row(itemId, features);
        entries.put(itemId, new Entry(rows, 0, embed(rows, 0)));
    }

    /** The same by another vector. */
    void upsert(long itemId, Features features, float[] vector) {
        double squares = 0;
        for (float number : vector) {
            squares += (double) number * number;
        }
        float[] unit = vector.clone();
        for (int i = 0; i < unit.length; i++) {
            unit[i] /= (float) Math.sqrt(squares);
        }
        entries.put(itemId, new Entry(row(itemId, features), 0, unit));
    }

    private RowTable row(long itemId, Features features) {
        int known = -1;
        for (int row = 0; row < bundleRows.count(); row++) {
            known = bundleRows.id(row) == itemId ? row : known;
        }
        try (RowTable.Builder rows = RowTable.builder(tiny.schema().layout(FeatureScope.ITEM), 1)) {
            rows.append(itemId);
            rows.category(tiny.schema().field("item"), known < 0 ? 1 : known + 2);
            if (features.creator >= 0) {
                rows.category(tiny.schema().field("creator"), features.creator);
            }
            rows.values(tiny.schema().field("tags"), features.tags, 0, features.tags.length);
            if (!Double.isNaN(features.duration)) {
                rows.number(tiny.schema().field("duration"), (float) features.duration);
            }
            return rows.build();
        }
    }

    void delete(long itemId) {
        entries.remove(itemId);
    }

    float[] vector(long itemId) {
        return of(itemId).vector.clone();
    }

    private Entry of(long itemId) {
        Entry entry = entries.get(itemId);
        if (entry == null) {
            throw new AssertionError("no such item: " + itemId);
        }
        return entry;
    }

    List<Long> nearest(float[] query, int k) {
        Map<Long, Double> likeness = new LinkedHashMap<>();
        entries.forEach(
                (itemId, entry) -> {
                    double product = 0;
                    for (int i = 0; i < query.length; i++) {
                        product += (double) query[i] * entry.vector[i];
                    }
                    likeness.put(itemId, product);
                });
        return likeness.entrySet().stream()
                .sorted(Comparator.comparingDouble(entry -> -entry.getValue()))
                .limit(k)
                .map(Map.Entry::getKey)
                .toList();
    }

    List<Long> similar(long itemId, int k) {
        return nearest(vector(itemId), k + 1).stream()
                .filter(other -> other != itemId)
                .limit(k)
                .toList();
    }

    /** What is recommended when nothing counts as seen and no rules apply. */
    List<Item> recommend(TinyUser user, long timestampMs, int candidates, int k) {
        try (RowTable users = user.row(tiny)) {
            float[] query = new float[TinyBundle.DIMENSION];
            towers.newQueryTower().embedInto(users.segment(), users.offset(0), query);
            List<Item> scored = new ArrayList<>();
            for (long itemId : nearest(query, candidates)) {
                float score = probability(users, timestampMs, itemId);
                scored.add(new Item(itemId, score, SourceCode.RANKED));
            }
            scored.sort(Comparator.comparingDouble((Item item) -> -item.score()));
            return scored.subList(0, k);
        }
    }

    /** The probability of a click of an item for nobody known. */
    float probability(long timestampMs, long itemId) {
        TinyUser nobody = new TinyUser();
        nobody.becomes(FeatureField.MISSING, Float.NaN);
        try (RowTable users = nobody.row(tiny)) {
            return probability(users, timestampMs, itemId);
        }
    }

    private float probability(RowTable users, long timestampMs, long itemId) {
        ContextEncoder contexts = new ContextEncoder(tiny.schema());
        MemorySegment context = Arena.ofAuto().allocate(contexts.rowBytes(), 64);
        contexts.encodeInto(timestampMs, new int[0], new int[0], 0, context, 0);
        Entry entry = of(itemId);
        float[] probability = new float[1];
        ranker.newScorer(1)
                .scoreInto(
                        users.segment(),
                        users.offset(0),
                        context,
                        0,
                        entry.rows.segment(),
                        entry.rows.layout().rowBytes(),
                        new int[] {entry.row},
                        1,
                        probability);
        return probability[0];
    }

    @Override
    public void close() {
        entries.values().stream()
                .filter(entry -> entry.rows != bundleRows)
                .forEach(entry -> entry.rows.close());
        bundleRows.close();
        ranker.close();
        towers.close();
    }
}
