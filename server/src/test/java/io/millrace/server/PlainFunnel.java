package io.millrace.server;

import io.millrace.core.bundle.BundleLayout;
import io.millrace.core.wire.codec.SourceCode;
import io.millrace.ranker.dcn.DcnModel;
import io.millrace.ranker.dcn.DcnScorer;
import io.millrace.ranker.features.ContextEncoder;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.feedback.EventList;
import io.millrace.ranker.tower.TwoTowerModel;
import io.millrace.server.WireClient.Item;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * The funnel the simple way, to compare with: every item's vector by the tower, every likeness by a
 * plain loop, every candidate scored by itself, sorted by the JDK.
 */
final class PlainFunnel implements AutoCloseable {
    private final int items;
    private final TinyBundle tiny;
    private final TwoTowerModel towers;
    private final RowTable itemRows;
    private final RowTable userRows;
    private final DcnModel ranker;
    private final DcnScorer scorer;
    private final PlainRates rates;
    private final float[][] vectors;

    PlainFunnel(TinyBundle tiny, Path bundle) {
        this.tiny = tiny;
        towers = TwoTowerModel.load(bundle.resolve(BundleLayout.TOWERS), tiny.schema());
        itemRows =
                RowTable.open(
                        bundle.resolve(BundleLayout.ITEMS),
                        tiny.schema().layout(FeatureScope.ITEM));
        userRows =
                RowTable.open(
                        bundle.resolve(BundleLayout.USERS),
                        tiny.schema().layout(FeatureScope.USER));
        ranker = DcnModel.load(bundle.resolve(BundleLayout.RANKER), tiny.schema());
        rates = new PlainRates(tiny, itemRows);
        scorer = ranker.newScorer(1, rates.row());
        items = itemRows.count();
        vectors = new float[items][TinyBundle.DIMENSION];
        for (int ordinal = 0; ordinal < items; ordinal++) {
            towers.newItemTower().embedInto(itemRows, ordinal, 1, vectors[ordinal], 0);
        }
    }

    float[] vector(int ordinal) {
        return vectors[ordinal].clone();
    }

    List<Long> similar(int ordinal, int k) {
        return similar(ordinal, k, all -> true);
    }

    /** The same among some of the items. */
    List<Long> similar(int ordinal, int k, IntPredicate accepted) {
        return nearest(vectors[ordinal], k, other -> other != ordinal && accepted.test(other))
                .stream()
                .map(TinyBundle::itemId)
                .toList();
    }

    List<Long> nearestIds(float[] query, int k) {
        return nearest(query, k).stream().map(TinyBundle::itemId).toList();
    }

    private List<Integer> nearest(float[] query, int k) {
        return nearest(query, k, all -> true);
    }

    private List<Integer> nearest(float[] query, int k, IntPredicate accepted) {
        double[] likeness = new double[items];
        for (int ordinal = 0; ordinal < items; ordinal++) {
            for (int i = 0; i < query.length; i++) {
                likeness[ordinal] += (double) query[i] * vectors[ordinal][i];
            }
        }
        return IntStream.range(0, items)
                .filter(accepted)
                .boxed()
                .sorted(Comparator.comparingDouble(ordinal -> -likeness[ordinal]))
                .limit(k)
                .toList();
    }

    /** The vector of a user. */
    float[] query(int row) {
        return query(userRows, row);
    }

    private float[] query(RowTable users, int row) {
        float[] query = new float[TinyBundle.DIMENSION];
        towers.newQueryTower().embedInto(users.segment(), users.offset(row), query);
        return query;
    }

    /** Has it count what happened, as feedback does. */
    void tell(long timestampMs, EventList events) {
        rates.tell(timestampMs, events);
    }

    /** What is recommended when nothing counts as seen and no rules apply. */
    List<Item> recommend(int row, long timestampMs, int candidates, int k) {
        return recommend(userRows, row, timestampMs, candidates, k, all -> true);
    }

    /** The same among some of the items. */
    List<Item> recommend(int row, long timestampMs, int candidates, int k, IntPredicate accepted) {
        return recommend(userRows, row, timestampMs, candidates, k, accepted);
    }

    /** The same for a user whose row is given. */
    List<Item> recommend(RowTable users, int row, long timestampMs, int candidates, int k) {
        return recommend(users, row, timestampMs, candidates, k, all -> true);
    }

    private List<Item> recommend(
            RowTable users,
            int row,
            long timestampMs,
            int candidates,
            int k,
            IntPredicate accepted) {
        float[] query = query(users, row);
        ContextEncoder contexts = new ContextEncoder(tiny.schema());
        MemorySegment context = Arena.ofAuto().allocate(contexts.rowBytes(), 64);
        contexts.encodeInto(timestampMs, new int[0], new int[0], 0, context, 0);
        List<Item> scored = new ArrayList<>();
        for (int ordinal : nearest(query, candidates, accepted)) {
            rates.read(ordinal, timestampMs);
            scored.add(
                    new Item(
                            TinyBundle.itemId(ordinal),
                            score(users, row, context, ordinal),
                            SourceCode.RANKED));
        }
        scored.sort(
                Comparator.comparingDouble((Item item) -> -item.score())
                        .thenComparingLong(Item::itemId));
        return scored.subList(0, Math.min(k, scored.size()));
    }

    /** The probability of a click of an item, for nobody where the row is below 0. */
    float probability(int row, long timestampMs, int ordinal) {
        rates.read(ordinal, timestampMs);
        return probabilityByRates(row, timestampMs, ordinal);
    }

    /** The same of something with the features of that item of which nothing is counted. */
    float uncountedProbability(int row, long timestampMs, int ordinal) {
        rates.clear();
        return probabilityByRates(row, timestampMs, ordinal);
    }

    private float probabilityByRates(int row, long timestampMs, int ordinal) {
        ContextEncoder contexts = new ContextEncoder(tiny.schema());
        MemorySegment context = Arena.ofAuto().allocate(contexts.rowBytes(), 64);
        contexts.encodeInto(timestampMs, new int[0], new int[0], 0, context, 0);
        if (row >= 0) {
            return score(userRows, row, context, ordinal);
        }
        try (RowTable.Builder nobody =
                RowTable.builder(tiny.schema().layout(FeatureScope.USER), 1)) {
            nobody.append(0);
            try (RowTable users = nobody.build()) {
                return score(users, 0, context, ordinal);
            }
        }
    }

    private float score(RowTable users, int row, MemorySegment context, int ordinal) {
        float[] probability = new float[1];
        scorer.scoreInto(
                users.segment(),
                users.offset(row),
                context,
                0,
                itemRows.segment(),
                itemRows.layout().rowBytes(),
                new int[] {ordinal},
                1,
                probability);
        return probability[0];
    }

    @Override
    public void close() {
        rates.close();
        ranker.close();
        itemRows.close();
        userRows.close();
        towers.close();
    }
}
