package io.millrace.server.funnel.bundle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.bundle.BundleLayout;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.memory.DirectMemory;
import io.millrace.core.progress.ProgressListener;
import io.millrace.core.wire.Status;
import io.millrace.core.wire.codec.ReasonCode;
import io.millrace.index.HnswBuilder;
import io.millrace.index.HnswFile;
import io.millrace.index.HnswIndex;
import io.millrace.index.HnswParameters;
import io.millrace.index.VectorSet;
import io.millrace.index.graph.RowType;
import io.millrace.ranker.feedback.EventKind;
import io.millrace.ranker.feedback.EventRates;
import io.millrace.ranker.retrieval.Blend;
import io.millrace.ranker.retrieval.ItemLists;
import io.millrace.server.TinyBundle;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.funnel.FunnelWorker;
import io.millrace.server.metrics.Gauge;
import io.millrace.server.request.Answer;
import io.millrace.server.request.Request;
import io.millrace.server.request.RequestKind;
import io.millrace.server.request.StageClock;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

@Timeout(120)
class ServingBundleTest {
    private static final int ITEMS = 20;
    private static final int USERS = 12;

    private final TinyBundle tiny = new TinyBundle(ITEMS, USERS);
    private ServerConfig config = ServerConfig.defaults().with("funnel.warmUpRequests", 0);
    private final List<String> stages = new ArrayList<>();
    private final ProgressListener progress =
            (name, total) -> {
                stages.add(name);
                return ProgressListener.Stage.SILENT;
            };

    @TempDir Path folder;
    private Path bundle;

    @BeforeEach
    void writeBundle() throws IOException {
        bundle = tiny.write(folder.resolve("bundle"));
    }

    private ServingBundle open() {
        return ServingBundle.open(
                config.with("bundle", bundle.toString())
                        .with("state", folder.resolve("state").toString()),
                progress);
    }

    @Test
    void shouldAnswerAllThereAreWhenKIsLargerThanTheCatalogue() {
        try (ServingBundle serving = open()) {
            Set<Integer> seen = new HashSet<>();
            for (int ordinal : tiny.watched(0)) {
                seen.add(ordinal);
            }
            Answer answer = recommend(serving, TinyBundle.userId(0), 100);
            assertEquals(Status.OK, answer.status());
            assertEquals(ReasonCode.FEWER_THAN_K, answer.reason());
            assertEquals(ITEMS - seen.size(), answer.count());
            assertEquals(ITEMS, answer.retrieved());
            Answer similar = similar(serving, TinyBundle.itemId(3), 100);
            assertEquals(ITEMS - 1, similar.count());
            assertEquals(ReasonCode.FEWER_THAN_K, similar.reason());
            assertEquals(10, recommend(serving, -1, 10).count());
        }
    }

    @Test
    void shouldAnswerNothingWhenEverythingIsExcluded() {
        try (ServingBundle serving = open()) {
            Request request = request(serving);
            request.recommend(1, TinyBundle.userId(0), 0, 10, 0);
            for (int ordinal = 0; ordinal < ITEMS; ordinal++) {
                request.exclude(TinyBundle.itemId(ordinal));
            }
            Answer answer = answer(serving, request);
            assertEquals(Status.OK, answer.status());
            assertEquals(0, answer.count());
            assertEquals(ReasonCode.FEWER_THAN_K, answer.reason());
        }
    }

    /** Such are the bundles of earlier builds. */
    @Test
    void shouldAnswerTheSameWhenThereAreNoItemHalves() throws IOException {
        Answer expected;
        try (ServingBundle serving = open()) {
            expected = recommend(serving, TinyBundle.userId(2), 10);
        }
        tiny.drop(bundle, BundleLayout.ITEM_HALVES);
        try (ServingBundle serving = open()) {
            Answer actual = recommend(serving, TinyBundle.userId(2), 10);
            assertEquals(10, actual.count());
            for (int i = 0; i < 10; i++) {
                assertEquals(expected.itemId(i), actual.itemId(i));
                assertEquals(expected.score(i), actual.score(i), 1e-5);
            }
        }
    }

    @Test
    void shouldFillStoresOnceWhenOpenedAgain() {
        open().close();
        assertTrue(stages.contains("fill feature store users"), stages.toString());
        stages.clear();
        try (ServingBundle serving = open()) {
            assertFalse(stages.contains("fill feature store users"), stages.toString());
            assertEquals(10, recommend(serving, TinyBundle.userId(1), 10).count());
        }
    }

    @Test
    void shouldRefuseWhenStateIsInUse() {
        try (ServingBundle serving = open()) {
            MillraceException e = assertThrows(MillraceException.class, this::open);
            assertEquals(ErrorCode.UNAVAILABLE, e.code());
            assertEquals(10, recommend(serving, TinyBundle.userId(1), 10).count());
        }
        open().close();
    }

    @Test
    void shouldGiveAllMemoryBackWhenClosed() {
        open().close();
        long before = DirectMemory.allocatedBytes();
        for (int i = 0; i < 3; i++) {
            open().close();
        }
        assertEquals(before, DirectMemory.allocatedBytes());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                BundleLayout.INDEX,
                BundleLayout.ITEMS,
                BundleLayout.RANKER,
                BundleLayout.LIGHT_RANKER,
                BundleLayout.LIGHT_HALVES,
                BundleLayout.ITEM_HALVES,
                BundleLayout.RULES,
                BundleLayout.SCHEMA,
                BundleLayout.TOWERS,
                BundleLayout.USERS,
                BundleLayout.MANIFEST,
                BundleLayout.FACTORS,
                BundleLayout.BLEND,
                BundleLayout.ATTRIBUTES
            })
    void shouldRefuseWhenOneByteIsChanged(String name) throws IOException {
        tiny.retrieveByBlend(bundle);
        Path file = bundle.resolve(name);
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 0x10;
        Files.write(file, bytes);
        long before = DirectMemory.allocatedBytes();
        MillraceException e = assertThrows(MillraceException.class, this::open);
        assertTrue(
                e.code() == ErrorCode.CORRUPT_FILE || e.code() == ErrorCode.BAD_INPUT,
                e.toString());
        assertTrue(e.getMessage().contains(name), e.getMessage());
        assertEquals(before, DirectMemory.allocatedBytes());
        assertFalse(Files.exists(folder.resolve("state")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                BundleLayout.INDEX,
                BundleLayout.ITEMS,
                BundleLayout.RANKER,
                BundleLayout.LIGHT_RANKER,
                BundleLayout.LIGHT_HALVES,
                BundleLayout.ITEM_HALVES,
                BundleLayout.TOWERS,
                BundleLayout.USERS,
                BundleLayout.ATTRIBUTES
            })
    void shouldRefuseWhenPartIsOfAnotherBundle(String name) throws IOException {
        Path other = new TinyBundle(ITEMS + 1, USERS + 1).write(folder.resolve("other"));
        Files.copy(
                other.resolve(name),
                bundle.resolve(name),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        tiny.seal(bundle);
        long before = DirectMemory.allocatedBytes();
        MillraceException e = assertThrows(MillraceException.class, this::open);
        assertEquals(1, e.getMessage().lines().count());
        assertTrue(
                e.code() == ErrorCode.MISMATCH || e.code() == ErrorCode.CORRUPT_FILE, e.toString());
        assertEquals(before, DirectMemory.allocatedBytes());
    }

    @Test
    void shouldRefuseFactorsOfAnotherBundle() throws IOException {
        Path other = new TinyBundle(ITEMS + 1, USERS).write(folder.resolve("other"));
        new TinyBundle(ITEMS + 1, USERS).retrieveByFactors(other);
        tiny.retrieveByFactors(bundle);
        for (String name : List.of(BundleLayout.FACTORS, BundleLayout.INDEX)) {
            byte[] own = Files.readAllBytes(bundle.resolve(name));
            Files.write(bundle.resolve(name), Files.readAllBytes(other.resolve(name)));
            assertMismatch();
            Files.write(bundle.resolve(name), own);
        }
        // The index of the towers is no index of factors, nor the other way round.
        byte[] index = Files.readAllBytes(bundle.resolve(BundleLayout.INDEX));
        tiny.write(bundle);
        assertMismatch();
        Files.write(bundle.resolve(BundleLayout.INDEX), index);
        Files.delete(bundle.resolve(BundleLayout.FACTORS));
        assertMismatch();
    }

    @Test
    void shouldRefuseABlendOfAnotherBundle() throws IOException {
        tiny.retrieveByBlend(bundle);
        byte[] own = Files.readAllBytes(bundle.resolve(BundleLayout.BLEND));
        Blend.of(new float[8], 4, new float[10], 5)
                .save(bundle.resolve(BundleLayout.BLEND), tiny.schema());
        assertMismatch();
        Files.write(bundle.resolve(BundleLayout.BLEND), own);
        tiny.seal(bundle);
        open().close();
        // The index of a blend is none of the factors alone.
        Files.delete(bundle.resolve(BundleLayout.BLEND));
        assertMismatch();
    }

    @Test
    void shouldRefuseListsOfAnotherBundle() throws IOException {
        Path other = new TinyBundle(ITEMS + 1, USERS).write(folder.resolve("other"));
        new TinyBundle(ITEMS + 1, USERS).retrieveByNeighbours(other).close();
        tiny.retrieveByNeighbours(bundle).close();
        Path file = bundle.resolve(BundleLayout.NEIGHBOURS);
        byte[] own = Files.readAllBytes(file);
        Files.copy(
                other.resolve(BundleLayout.NEIGHBOURS),
                file,
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        assertMismatch();
        // A list for everybody is none for each item, nor the other way round.
        ItemLists.of(ITEMS, new int[][] {{1}}, new float[][] {{1}}).save(file, tiny.schema());
        assertMismatch();
        Files.delete(file);
        Files.write(bundle.resolve(BundleLayout.POPULAR), own);
        assertMismatch();
        tiny.retrieveByPopularity(bundle).close();
        open().close();
    }

    private void assertMismatch() {
        tiny.seal(bundle);
        long before = DirectMemory.allocatedBytes();
        MillraceException e = assertThrows(MillraceException.class, this::open);
        assertEquals(ErrorCode.MISMATCH, e.code(), e.getMessage());
        assertEquals(before, DirectMemory.allocatedBytes());
    }

    @Test
    void shouldGiveTheMemoryOfCopiedVectorsBackWhenClosed() throws IOException {
        tiny.retrieveByFactors(bundle);
        assertMemoryIsGivenBack();
        tiny.retrieveByBlend(bundle);
        assertMemoryIsGivenBack();
        tiny.write(bundle);
        Files.delete(bundle.resolve(BundleLayout.FACTORS));
        Files.delete(bundle.resolve(BundleLayout.BLEND));
        tiny.retrieveByNeighbours(bundle).close();
        assertMemoryIsGivenBack();
    }

    private void assertMemoryIsGivenBack() {
        open().close();
        long before = DirectMemory.allocatedBytes();
        open().close();
        assertEquals(before, DirectMemory.allocatedBytes());
    }

    /** Well-formed and of good checksums, but no link leads anywhere. */
    @Test
    void shouldRefuseWhenLinksOfTheGraphAreCut() {
        Path file = bundle.resolve(BundleLayout.INDEX);
        try (HnswIndex index = HnswFile.open(file)) {
            int dimensions = (index.storedDimension() + 15) / 16 * 16;
            long stride = index.vectorStrideBytes();
            for (int node = 0; node < ITEMS; node++) {
                index.vectorSegment()
                        .asSlice(node * stride + 4L * dimensions, 4L * 2 * 16)
                        .fill((byte) -1);
            }
            HnswFile.write(index, file);
        }
        tiny.seal(bundle);
        long before = DirectMemory.allocatedBytes();
        MillraceException e = assertThrows(MillraceException.class, this::open);
        assertEquals(ErrorCode.UNAVAILABLE, e.code());
        assertTrue(e.getMessage().contains("unreachable=" + (ITEMS - 1)), e.getMessage());
        assertEquals(1, e.getMessage().lines().count());
        assertEquals(before, DirectMemory.allocatedBytes());
    }

    @Test
    void shouldRefuseWhenRowsOfTheIndexAreRounded() {
        Path file = bundle.resolve(BundleLayout.INDEX);
        try (HnswIndex index = HnswFile.open(file);
                VectorSet rows = VectorSet.allocate(ITEMS, index.dimension())) {
            float[] vector = new float[index.dimension()];
            long[] ids = new long[ITEMS];
            for (int ordinal = 0; ordinal < ITEMS; ordinal++) {
                index.vectorInto(ordinal, vector, 0);
                rows.set(ordinal, vector, 0);
                ids[ordinal] = index.itemId(ordinal);
            }
            HnswParameters bytes = index.parameters().withRowType(RowType.INT8);
            try (HnswIndex rounded = HnswBuilder.build(rows, ids, bytes, ProgressListener.NONE)) {
                HnswFile.write(rounded, file);
            }
        }
        tiny.seal(bundle);
        MillraceException e = assertThrows(MillraceException.class, this::open);
        assertEquals(ErrorCode.MISMATCH, e.code());
        assertTrue(e.getMessage().contains("what=rows, expected=F32, actual=INT8"), e.getMessage());
    }

    @Test
    void shouldSayNoBundleWhenFolderIsMissing() {
        bundle = folder.resolve("nowhere");
        MillraceException e = assertThrows(MillraceException.class, this::open);
        assertEquals(ErrorCode.NOT_FOUND, e.code());
    }

    @Test
    void shouldAnswerAllTheSameWhenNothingCanBeLogged() throws Exception {
        Answer expected;
        try (ServingBundle serving = open()) {
            expected = recommend(serving, TinyBundle.userId(2), 10);
        }
        Path file = Files.writeString(folder.resolve("file"), "in the way of a folder");
        config = config.with("log.folder", file.resolve("log").toString());
        try (ServingBundle serving = open()) {
            while (last(serving, "log_stopped") == 0) {
                Thread.sleep(1);
            }
            Answer actual = recommend(serving, TinyBundle.userId(2), 10);
            for (int i = 0; i < 10; i++) {
                assertEquals(expected.itemId(i), actual.itemId(i));
                assertEquals(expected.score(i), actual.score(i));
            }
            assertEquals(1, last(serving, "log_dropped_total"));
            assertEquals(0, last(serving, "log_records_total"));
        }
    }

    @Test
    void shouldMeasureStoresWhenAsked() {
        try (ServingBundle serving = open()) {
            List<String> names = serving.gauges().stream().map(Gauge::name).distinct().toList();
            assertEquals(
                    List.of(
                            "store_headroom",
                            "store_tiered_segments",
                            "recent_impressions",
                            "recent_event_rate",
                            "graph_nodes",
                            "graph_unreachable_nodes",
                            "graph_unlinked_nodes",
                            "graph_degree_floor",
                            "graph_in_degree",
                            "graph_in_degree_nodes",
                            "graph_self_recall_ratio",
                            "graph_bytes_per_vector",
                            "huge_pages_granted",
                            "ef_search",
                            "item_attributes",
                            "item_attribute_bytes",
                            "changes_refused",
                            "journaled_changes_total",
                            "journal_syncs_total",
                            "journal_files",
                            "deleted_items",
                            "new_items",
                            "upserted_items",
                            "upserted_items_limit",
                            "upserted_items_scanned",
                            "upserted_items_in_graph"),
                    names);
            assertEquals(0.5, serving.gauges().get(0).value(), 0.01);
            assertEquals(ITEMS, last(serving, "graph_nodes"));
            assertEquals(0, last(serving, "graph_unreachable_nodes"));
            assertEquals(ITEMS, last(serving, "graph_in_degree_nodes"));
            assertEquals(1, last(serving, "graph_self_recall_ratio"));
            assertTrue(last(serving, "graph_bytes_per_vector") > 4 * TinyBundle.DIMENSION);
            assertEquals(625, last(serving, "ef_search"));
        }
    }

    @Test
    void shouldTellRatesOfItemsWhenEventsWereTold() {
        long itemId = TinyBundle.itemId(4);
        try (ServingBundle serving = open()) {
            assertEquals(0, serving.rates(itemId).get(0).impressions());
            show(serving, itemId, 0);
            List<EventRates> rates = serving.rates(itemId);
            assertEquals(
                    List.of("all", "item", "creator", "tags", "tags"),
                    rates.stream().map(EventRates::of).toList());
            assertEquals(itemId, rates.get(1).id());
            assertEquals(tiny.creator(4) + 2, rates.get(2).id());
            for (EventRates rate : rates) {
                assertEquals(0.25, rate.clickRate(), 0.01);
                assertEquals(0.125, rate.watchRate(), 0.01);
            }
            // What nobody saw is as likely to be clicked as the rest.
            EventRates unseen = serving.rates(TinyBundle.itemId(5)).get(1);
            assertEquals(0, unseen.impressions());
            assertEquals(0.25, unseen.clickRate(), 0.01);
            assertEquals(List.of(), serving.rates(-1));
            assertEquals(0.125, last(serving, "recent_event_rate"), 0.01);
            assertEquals(4, last(serving, "recent_impressions"), 0.1);
            // What is yet to come is counted as of now, and does not outweigh the rest.
            show(serving, itemId, Long.MAX_VALUE);
            assertEquals(8, serving.rates(itemId).get(0).impressions(), 0.2);
        }
        try (ServingBundle again = open()) {
            assertEquals(8, again.rates(itemId).get(1).impressions(), 0.2);
        }
    }

    /** Shown four times, clicked once, watched to the half. */
    private void show(ServingBundle serving, long itemId, long timestampMs) {
        Request request = request(serving);
        request.feedback(1, TinyBundle.userId(2), timestampMs);
        for (int i = 0; i < 4; i++) {
            request.events().add(EventKind.IMPRESSION, itemId, Float.NaN);
        }
        request.events().add(EventKind.CLICK, itemId, Float.NaN);
        request.events().add(EventKind.WATCH, itemId, 0.5f);
        assertEquals(Status.OK, answer(serving, request).status());
    }

    private static double last(ServingBundle serving, String name) {
        return serving.gauges().stream()
                .filter(gauge -> gauge.name().equals(name))
                .toList()
                .getLast()
                .value();
    }

    private Answer recommend(ServingBundle serving, long userId, int k) {
        Request request = request(serving);
        request.recommend(1, userId, 0, k, 0);
        return answer(serving, request);
    }

    private Answer similar(ServingBundle serving, long itemId, int k) {
        Request request = request(serving);
        request.similar(1, itemId, k, 0);
        return answer(serving, request);
    }

    private Request request(ServingBundle serving) {
        return new Request(serving.catalogue().requestLimits(config.limits()));
    }

    private Answer answer(ServingBundle serving, Request request) {
        Answer answer = new Answer(config.limits().k());
        StageClock clock = new StageClock();
        clock.start(System.nanoTime());
        FunnelWorker worker =
                request.kind() == RequestKind.FEEDBACK
                        ? serving.newFeedbackWorker()
                        : serving.newWorker();
        worker.answer(request, answer, clock);
        return answer;
    }
}
