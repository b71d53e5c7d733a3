package io.millrace.server.funnel.bundle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.bundle.BundleLayout;
import io.millrace.core.progress.ProgressListener;
import io.millrace.core.random.SplitRandom;
import io.millrace.core.wire.Status;
import io.millrace.core.wire.codec.ReasonCode;
import io.millrace.index.GraphLayout;
import io.millrace.index.HnswFile;
import io.millrace.index.HnswIndex;
import io.millrace.index.attributes.AttributeFile;
import io.millrace.index.attributes.AttributeTable;
import io.millrace.index.attributes.Float64Column;
import io.millrace.index.attributes.Int64Column;
import io.millrace.index.attributes.TagsColumn;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.server.Columns;
import io.millrace.server.TinyBundle;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.funnel.FunnelWorker;
import io.millrace.server.request.Answer;
import io.millrace.server.request.Request;
import io.millrace.server.request.StageClock;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

/**
 * Requests with filters while items come, change and go, held against plain loops over all that are
 * served.
 */
@Timeout(300)
class FilteredChangesTest {
    private static final int ITEMS = 300;
    private static final int K = 20;
    private static final int POOL = 300;
    private static final int CHANGING = 7;
    private static final long NEW = 4_000_000;
    private static final double LEAST_RECALL = 0.97;

    @TempDir private Path folder;
    private final SplitRandom random = new SplitRandom(23);

    /** An item as it should be served. */
    private static final class Item {
        private float[] vector = {};
        private @Nullable Long creator;
        private @Nullable Double duration;
        private Set<String> tags = new TreeSet<>();
    }

    /** A filter, and the same in Java. */
    private record Filter(String text, Predicate<Item> test) {}

    private Filter filter() {
        int creator = 2 + random.nextInt(TinyBundle.CREATORS);
        int tag = 2 + random.nextInt(10);
        double most = 2 + random.nextInt(20) / 10.0;
        Predicate<Item> isShort = item -> item.duration != null && item.duration < most;
        Predicate<Item> isOfCreator = item -> item.creator != null && item.creator == creator;
        Predicate<Item> isTagged = item -> item.tags.contains(Integer.toString(tag));
        return switch (random.nextInt(7)) {
            case 0 -> new Filter("duration < " + most, isShort);
            case 1 -> new Filter("creator = " + creator, isOfCreator);
            case 2 -> new Filter("tags has '" + tag + "'", isTagged);
            case 3 ->
                    new Filter(
                            "not tags has '" + tag + "' and duration < " + most,
                            isTagged.negate().and(isShort));
            case 4 -> new Filter("duration is missing", item -> item.duration == null);
            case 5 -> new Filter("tags is missing", item -> item.tags.isEmpty());
            default ->
                    new Filter(
                            "creator = %d or tags has '%d'".formatted(creator, tag),
                            isOfCreator.or(isTagged));
        };
    }

    private static ServerConfig config(Path bundle, int scanned) {
        return ServerConfig.defaults()
                .with("bundle", bundle.toString())
                .with("changes.scannedUpserted", scanned)
                .with("funnel.warmUpRequests", 0);
    }

    @ParameterizedTest
    @CsvSource({"F32, 40", "INLINED, 40", "F32, 4096"})
    void shouldFindWhatALoopFindsAmongMatchingItems(GraphLayout layout, int scanned)
            throws IOException {
        Path bundle = new TinyBundle(ITEMS, 12, layout).write(folder.resolve("bundle"));
        Map<Long, Item> expected = itemsOf(bundle);
        try (ServingBundle serving =
                ServingBundle.open(config(bundle, scanned), ProgressListener.NONE)) {
            Asker asker = new Asker(serving);
            double found = 0;
            double wanted = 0;
            for (int round = 0; round < 2_500; round++) {
                change(serving, expected);
                if (round % 2 == 0) {
                    Filter filter = filter();
                    float[] query = vector();
                    List<Long> best = nearest(expected, filter, query);
                    List<Long> answered = asker.search(query, filter.text, K);
                    String told = "round " + round + ", " + filter.text;
                    assertEquals(best.size(), answered.size(), told);
                    for (long itemId : answered) {
                        Item item = expected.get(itemId);
                        assertTrue(item != null && filter.test.test(item), told);
                    }
                    found += answered.stream().filter(best::contains).count();
                    wanted += best.size();
                }
            }
            assertTrue(found / wanted >= LEAST_RECALL, "recall=" + found / wanted);
        }
    }

    private void change(ServingBundle serving, Map<Long, Item> expected) {
        long itemId =
                random.nextInt(3) == 0
                        ? TinyBundle.itemId(random.nextInt(ITEMS))
                        : NEW + random.nextInt(POOL);
        Item known = expected.get(itemId);
        int kind = random.nextInt(4);
        if (kind == 0 && known != null) {
            Request request = newRequest(serving);
            request.delete(1, itemId);
            apply(serving, request);
            expected.remove(itemId);
        } else if (kind == 1 && known != null) {
            Request request = newRequest(serving);
            request.update(1, FeatureScope.ITEM, itemId);
            describe(request, known, true);
            apply(serving, request);
        } else {
            Item item = new Item();
            item.vector = unit(vector());
            Request request = newRequest(serving);
            request.upsert(1, itemId);
            describe(request, item, false);
            request.bringVector();
            System.arraycopy(item.vector, 0, request.vector(), 0, item.vector.length);
            apply(serving, request);
            expected.put(itemId, item);
        }
    }

    /** Some columns, and what they make of an item. */
    private void describe(Request request, Item item, boolean isUpdate) {
        if (isUpdate || random.nextInt(4) > 0) {
            int creator = random.nextInt(TinyBundle.CREATORS + 2);
            Columns.add(request, "creator", creator);
            item.creator = creator < 2 ? null : (long) creator;
        }
        if (random.nextInt(4) > 0) {
            double duration = random.nextInt(5) == 0 ? Double.NaN : 3 + random.nextGaussian();
            Columns.add(request, "duration", duration);
            item.duration = Double.isNaN(duration) ? null : duration;
        }
        int tags = random.nextInt(4);
        if (tags > 0) {
            item.tags = new TreeSet<>();
        }
        for (int i = 0; i < tags; i++) {
            int tag = random.nextInt(12);
            Columns.add(request, "tags", tag);
            if (tag >= 2) {
                item.tags.add(Integer.toString(tag));
            }
        }
    }

    /** Neither what it was nor what it is then matches, but half of each would. */
    @Test
    void shouldWaitForTheOtherHalfWhenAnItemIsChanging() throws Exception {
        Path bundle = new TinyBundle(ITEMS, 12).write(folder.resolve("bundle"));
        try (ServingBundle serving = ServingBundle.open(config(bundle, 40), ProgressListener.NONE);
                ExecutorService reader = Executors.newSingleThreadExecutor()) {
            apply(serving, update(serving, "creator", 6));
            apply(serving, update(serving, "duration", 10));
            BundleChanges taken = (BundleChanges) Objects.requireNonNull(serving.changes());
            StoredChanges stored = Objects.requireNonNull(taken.target()).stored();
            Asker asker = new Asker(serving);
            float[] query = vector();
            Future<List<Long>> asked;
            taken.items().begin(CHANGING);
            try {
                stored.apply(update(serving, "creator", 5), new Answer(0));
                asked =
                        reader.submit(
                                () -> asker.search(query, "creator = 5 and duration = 10", K));
                assertThrows(TimeoutException.class, () -> asked.get(100, TimeUnit.MILLISECONDS));
                stored.apply(update(serving, "duration", 90), new Answer(0));
            } finally {
                taken.items().end();
            }
            assertEquals(List.of(), asked.get(10, TimeUnit.SECONDS));
            assertEquals(
                    List.of(TinyBundle.itemId(CHANGING)),
                    asker.search(query, "creator = 5 and duration = 90", K));
        }
    }

    private static Request update(ServingBundle serving, String column, double value) {
        Request request = newRequest(serving);
        request.update(1, FeatureScope.ITEM, TinyBundle.itemId(CHANGING));
        Columns.add(request, column, value);
        return request;
    }

    private float[] vector() {
        float[] vector = new float[TinyBundle.DIMENSION];
        for (int i = 0; i < vector.length; i++) {
            vector[i] = (float) random.nextGaussian();
        }
        return vector;
    }

    private static float[] unit(float[] vector) {
        double length = Math.sqrt(dot(vector, vector));
        float[] unit = vector.clone();
        for (int i = 0; i < unit.length; i++) {
            unit[i] /= (float) length;
        }
        return unit;
    }

    private static double dot(float[] one, float[] other) {
        double sum = 0;
        for (int i = 0; i < one.length; i++) {
            sum += (double) one[i] * other[i];
        }
        return sum;
    }

    private static List<Long> nearest(Map<Long, Item> items, Filter filter, float[] query) {
        return items.entrySet().stream()
                .filter(entry -> filter.test.test(entry.getValue()))
                .sorted(
                        Comparator.comparingDouble(
                                (Map.Entry<Long, Item> entry) ->
                                        -dot(entry.getValue().vector, query)))
                .limit(K)
                .map(Map.Entry::getKey)
                .toList();
    }

    private static Map<Long, Item> itemsOf(Path bundle) {
        Map<Long, Item> items = new TreeMap<>();
        try (HnswIndex index =
                        HnswFile.open(bundle.resolve(BundleLayout.INDEX), ProgressListener.NONE);
                AttributeTable table =
                        AttributeFile.open(bundle.resolve(BundleLayout.ATTRIBUTES))) {
            for (int ordinal = 0; ordinal < index.size(); ordinal++) {
                Item item = new Item();
                item.vector = new float[index.dimension()];
                index.vectorInto(ordinal, item.vector, 0);
                item.creator = ((Int64Column) table.column("creator")).get(ordinal);
                double duration = ((Float64Column) table.column("duration")).get(ordinal);
                item.duration = Double.isNaN(duration) ? null : duration;
                item.tags =
                        new TreeSet<>(
                                Objects.requireNonNull(
                                        ((TagsColumn) table.column("tags")).get(ordinal)));
                items.put(index.itemId(ordinal), item);
            }
        }
        return items;
    }

    private static Request newRequest(ServingBundle serving) {
        return new Request(serving.catalogue().requestLimits(ServerConfig.defaults().limits()));
    }

    private static void apply(ServingBundle serving, Request request) {
        BundleChanges taken = (BundleChanges) Objects.requireNonNull(serving.changes());
        Answer answer = new Answer(0);
        Objects.requireNonNull(taken.target()).apply(request, answer);
        assertEquals(Status.OK, answer.status(), answer.message().toString());
    }

    /** Searches as a worker does. */
    private static final class Asker {
        private final FunnelWorker worker;
        private final Request request;
        private final Answer answer = new Answer(K);
        private final StageClock clock = new StageClock();

        Asker(ServingBundle serving) {
            worker = serving.newWorker();
            request = newRequest(serving);
        }

        List<Long> search(float[] vector, String filter, int k) {
            request.search(1, Request.NO_USER, 1, k, 0);
            System.arraycopy(vector, 0, request.vector(), 0, vector.length);
            request.filter().set(filter);
            answer.clear();
            worker.answer(request, answer, clock);
            assertEquals(Status.OK, answer.status(), answer.message().toString());
            assertEquals(
                    answer.count() < k ? ReasonCode.FEWER_THAN_K : ReasonCode.NONE,
                    answer.reason());
            List<Long> itemIds = new ArrayList<>();
            for (int i = 0; i < answer.count(); i++) {
                itemIds.add(answer.itemId(i));
            }
            return itemIds;
        }
    }
}
