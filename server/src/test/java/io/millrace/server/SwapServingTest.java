package io.millrace.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import io.millrace.core.bundle.BundleLayout;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.json.Json;
import io.millrace.core.memory.DirectMemory;
import io.millrace.core.progress.ProgressListener;
import io.millrace.core.random.SplitRandom;
import io.millrace.core.rounds.Rounds;
import io.millrace.core.wire.Status;
import io.millrace.core.wire.codec.ScopeCode;
import io.millrace.server.Frames.Column;
import io.millrace.server.WireClient.Item;
import io.millrace.server.WireClient.Result;
import io.millrace.server.config.ServerConfig;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** Bundles that follow each other while requests go on, each answer held against its bundle's. */
@Timeout(120)
class SwapServingTest {
    private static final int USERS = 40;
    private static final int CLIENTS = 4;
    private static final long PAUSE_NS = 300_000;
    private static final int K = 10;

    @TempDir private Path folder;

    private Path first;
    private Path second;
    private MillraceServer server;
    private WireClient client;

    @BeforeEach
    void serve() throws IOException {
        first = new TinyBundle(500, USERS).write(folder.resolve("first"));
        second = new TinyBundle(300, USERS).write(folder.resolve("second"));
        server = MillraceServer.start(config(first));
        client = new WireClient(server.port());
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        server.close();
    }

    private static ServerConfig config(Path bundle) {
        return TestServers.config()
                .with("bundle", bundle.toString())
                .with("network.adminPort", 0)
                .with("threads.workers", 2)
                .with("funnel.warmUpRequests", 0);
    }

    @Test
    void shouldAnswerByTheOtherBundleWhenSwappedAndByTheFirstWhenRolledBack() throws IOException {
        List<List<Item>> ofFirst = answers(client);
        assertEquals(500, client.info(0).items());
        server.swap(second, ProgressListener.NONE);
        assertEquals(300, client.info(0).items());
        List<List<Item>> ofSecond = answers(client);
        assertEquals(answersAlone(second), ofSecond);
        assertNotEquals(ofFirst, ofSecond);
        server.rollback(ProgressListener.NONE);
        assertEquals(ofFirst, answers(client));
        server.rollback(ProgressListener.NONE);
        assertEquals(ofSecond, answers(client));
        assertEquals(second.toString(), server.config().bundle());
    }

    /** Requests are read within other limits: a vector of the one has no room in the other. */
    @Test
    void shouldSearchByVectorsOfTheOtherBundleWhenTheirDimensionDiffers() throws IOException {
        new TinyBundle(300, USERS).retrieveByBlend(second);
        assertEquals(Status.OK, client.ask(search(TinyBundle.DIMENSION)).status());
        assertEquals(Status.BAD_REQUEST, client.ask(search(TinyBundle.BLENDED)).status());
        server.swap(second, ProgressListener.NONE);
        assertEquals(Status.BAD_REQUEST, client.ask(search(TinyBundle.DIMENSION)).status());
        assertEquals(Status.OK, client.ask(search(TinyBundle.BLENDED)).status());
    }

    private static byte[] search(int dimension) {
        float[] vector = new float[dimension];
        Arrays.fill(vector, 0.5f);
        return Frames.search(1, -1, K, false, vector);
    }

    @Test
    void shouldGoOnWithTheFirstWhenTheOtherIsDamagedOrNone() throws IOException {
        List<List<Item>> before = answers(client);
        Path index = second.resolve(BundleLayout.INDEX);
        byte[] bytes = Files.readAllBytes(index);
        bytes[bytes.length / 2] ^= 1;
        Files.write(index, bytes);
        assertRefused(ErrorCode.CORRUPT_FILE, second);
        assertRefused(ErrorCode.NOT_FOUND, folder.resolve("none"));
        assertRefused(ErrorCode.USAGE, first);
        MillraceException none =
                assertThrows(MillraceException.class, () -> server.rollback(ProgressListener.NONE));
        assertEquals(ErrorCode.USAGE, none.code());
        assertEquals(before, answers(client));
        assertEquals(first.toString(), server.config().bundle());
    }

    private void assertRefused(ErrorCode code, Path bundle) {
        MillraceException refused =
                assertThrows(
                        MillraceException.class, () -> server.swap(bundle, ProgressListener.NONE));
        assertEquals(code, refused.code(), refused.getMessage());
    }

    @Test
    void shouldCarryChangesOverWhenSwappedAndBackWhenRolledBack() throws IOException {
        long gone = TinyBundle.itemId(5);
        long changed = TinyBundle.itemId(6);
        long later = 5;
        long inFirstOnly = TinyBundle.itemId(400);
        assertMade(Frames.delete(1, gone));
        assertMade(Frames.delete(1, inFirstOnly));
        assertMade(Frames.update(1, ScopeCode.ITEM, changed, Column.of("duration", 2.5)));
        assertMade(Frames.update(1, ScopeCode.USER, 7, Column.of("age", 3)));
        assertMade(Frames.upsert(1, later, new float[0], Column.of("creator", 9)));
        server.swap(second, ProgressListener.NONE);
        assertEquals(Status.UNKNOWN_ITEM, similar(gone).status());
        assertEquals(Status.OK, similar(later).status());
        // A bundle that was never another's successor, changed by hand in the same way.
        Path alone = new TinyBundle(300, USERS).write(folder.resolve("alone-second"));
        try (MillraceServer other = MillraceServer.start(config(alone));
                WireClient asking = new WireClient(other.port())) {
            float before = score(asking, changed);
            asking.ask(Frames.update(1, ScopeCode.ITEM, changed, Column.of("duration", 2.5)));
            assertNotEquals(before, score(asking, changed));
            assertEquals(score(asking, changed), score(client, changed));
            asking.ask(Frames.upsert(1, later, new float[0], Column.of("creator", 9)));
            assertEquals(score(asking, later), score(client, later));
        }
        assertMade(Frames.delete(1, later));
        assertMade(Frames.delete(1, changed));
        server.rollback(ProgressListener.NONE);
        assertEquals(Status.UNKNOWN_ITEM, similar(later).status());
        assertEquals(Status.UNKNOWN_ITEM, similar(changed).status());
        assertEquals(Status.UNKNOWN_ITEM, similar(inFirstOnly).status());
        // Through the journal, so that they outlive the server.
        client.close();
        server.close();
        server = MillraceServer.start(config(first));
        client = new WireClient(server.port());
        assertEquals(Status.UNKNOWN_ITEM, similar(changed).status());
    }

    /** Those of the bundle before are in a graph of theirs, and come into one of the next. */
    @Test
    void shouldCarryManyUpsertedItemsOver() throws IOException {
        stop();
        ServerConfig config = config(first).with("changes.scannedUpserted", 20);
        server = MillraceServer.start(config);
        client = new WireClient(server.port());
        int many = 300;
        for (int i = 0; i < many; i++) {
            assertMade(Frames.upsert(1, 5 + i, vector(i), Column.of("creator", 9)));
        }
        assertMade(Frames.delete(1, 5));
        for (Path next : List.of(second, first)) {
            server.swap(next, ProgressListener.NONE);
            for (int i = 1; i < many; i++) {
                Result nearest = client.ask(Frames.search(1, -1, 1, false, vector(i)));
                assertEquals(List.of(5L + i), nearest.itemIds());
            }
            assertEquals(Status.UNKNOWN_ITEM, similar(5).status());
        }
    }

    private static float[] vector(long seed) {
        SplitRandom random = new SplitRandom(seed);
        float[] vector = new float[TinyBundle.DIMENSION];
        for (int i = 0; i < vector.length; i++) {
            vector[i] = (float) random.nextGaussian();
        }
        return vector;
    }

    /** Left out, it would be an acknowledged change that nobody is told is gone. */
    @Test
    void shouldGoOnWithTheFirstWhenTheOtherHasNoRoomForItsItems() throws IOException {
        server.close();
        client.close();
        // A bundle that has one new item of its own, from an earlier time.
        ServerConfig narrow = config(second).with("changes.maxUpserted", 1);
        try (MillraceServer other = MillraceServer.start(narrow);
                WireClient asking = new WireClient(other.port())) {
            Result made = asking.ask(Frames.upsert(1, 3, new float[0], Column.of("creator", 9)));
            assertEquals(Status.OK, made.status(), made.message());
        }
        server = MillraceServer.start(config(first).with("changes.maxUpserted", 1));
        client = new WireClient(server.port());
        assertMade(Frames.upsert(1, 5, new float[0], Column.of("creator", 9)));
        assertRefused(ErrorCode.UNAVAILABLE, second);
        assertEquals(Status.OK, similar(5).status());
        assertMade(Frames.delete(1, 5));
    }

    /** Whatever is acknowledged while bundles follow each other is there afterwards. */
    @Test
    void shouldLoseNoChangeWhenSwappedWhileTheyCome() throws Exception {
        AtomicBoolean isOver = new AtomicBoolean();
        try (ExecutorService changer = Executors.newSingleThreadExecutor()) {
            Future<Integer> deleted = changer.submit(() -> deleteUntil(isOver));
            try {
                server.swap(second, ProgressListener.NONE);
                for (int i = 0; i < 5; i++) {
                    server.rollback(ProgressListener.NONE);
                }
            } finally {
                isOver.set(true);
            }
            int count = deleted.get();
            assertTrue(count > 5, "deletions=" + count);
            for (int item = 0; item < count; item++) {
                assertEquals(
                        Status.UNKNOWN_ITEM, similar(TinyBundle.itemId(item)).status(), "" + item);
            }
            if (count < 250) {
                assertEquals(Status.OK, similar(TinyBundle.itemId(count)).status());
            }
        }
    }

    /** Deletes one item after the other, each until it is acknowledged; how many it were. */
    private int deleteUntil(AtomicBoolean isOver) throws IOException {
        int count = 0;
        try (WireClient asking = new WireClient(server.port())) {
            while (!isOver.get() && count < 250) {
                LockSupport.parkNanos(PAUSE_NS);
                Result result = asking.ask(Frames.delete(1, TinyBundle.itemId(count)));
                if (result.status() == Status.OVERLOADED) {
                    assertTrue(result.message().contains("taking over"), result.message());
                } else {
                    assertEquals(Status.OK, result.status(), result.message());
                    count++;
                }
            }
        }
        return count;
    }

    private void assertMade(byte[] frame) throws IOException {
        Result made = client.ask(frame);
        assertEquals(Status.OK, made.status(), made.message());
    }

    private Result similar(long item) throws IOException {
        return client.ask(Frames.similar(1, item, 3, false));
    }

    private static float score(WireClient asking, long item) throws IOException {
        byte[] rank = Frames.rank(1, -1, 1, false, 1_700_000_000_000L, List.of(), item);
        return asking.ask(rank).items().getFirst().score();
    }

    @Test
    void shouldNeverMixBundlesWhenSwappedUnderLoad() throws Exception {
        swapUnderLoad(12);
    }

    @Test
    @Tag("slow")
    @Timeout(900)
    void shouldFailNoRequestAndKeepNoMemoryWhenSwappedManyTimesUnderLoad() throws Exception {
        swapUnderLoad(Rounds.times(200));
    }

    private void swapUnderLoad(int swaps) throws Exception {
        Map<Long, List<List<Item>>> expected = new HashMap<>();
        expected.put(fingerprint(), answers(client));
        server.swap(second, ProgressListener.NONE);
        expected.put(fingerprint(), answers(client));
        assertEquals(2, expected.size());
        long mappings = mappings();
        long memory = DirectMemory.allocatedBytes();
        AtomicBoolean isOver = new AtomicBoolean();
        List<Future<Integer>> asked = new ArrayList<>();
        try (ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
            for (int i = 0; i < CLIENTS; i++) {
                asked.add(clients.submit(() -> askUntil(isOver, expected)));
            }
            try {
                for (int i = 0; i < swaps; i++) {
                    server.rollback(ProgressListener.NONE);
                }
            } finally {
                isOver.set(true);
            }
            for (Future<Integer> count : asked) {
                assertTrue(count.get() > swaps, "requests=" + count.get());
            }
        }
        assertEquals(mappings, mappings(), "mapped files of bundles");
        assertEquals(memory, DirectMemory.allocatedBytes(), "bytes of memory outside of the heap");
        assertTrue(bundle().get("tried").asInt() > CLIENTS, "requests that were tried first");
    }

    /** Holds each answer against those of the bundle that it says it is of; how many there were. */
    private int askUntil(AtomicBoolean isOver, Map<Long, List<List<Item>>> expected)
            throws IOException {
        int asked = 0;
        try (WireClient asking = new WireClient(server.port())) {
            while (!isOver.get()) {
                // Leaves the processors to whoever changes the bundle.
                LockSupport.parkNanos(PAUSE_NS);
                int user = asked++ % USERS;
                Result result = asking.ask(recommend(user));
                assertEquals(Status.OK, result.status(), result.message());
                List<List<Item>> ofBundle = expected.getOrDefault(result.fingerprint(), List.of());
                assertEquals(ofBundle.get(user), result.items());
            }
        }
        return asked;
    }

    /** Regions of memory that are files of one of the bundles. */
    private long mappings() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
            return lines.filter(line -> line.contains(folder.toString())).count();
        }
    }

    @Test
    void shouldSwapAndRollBackWhenAskedOverHttp() throws Exception {
        assertEquals(first.toString(), bundle().get("directory").asText());
        post("/bundle", "{\"directory\": \"" + second + "\"}", 202);
        JsonNode swapped = awaitEnd();
        assertEquals(second.toString(), swapped.get("directory").asText());
        assertEquals(first.toString(), swapped.get("previous").asText());
        assertEquals(1, swapped.get("swaps").asInt());
        assertEquals(300, client.info(0).items());
        post("/bundle/rollback", "", 202);
        assertEquals(first.toString(), awaitEnd().get("directory").asText());
        assertEquals(500, client.info(0).items());
        post("/bundle", "{\"directory\": \"" + folder.resolve("none") + "\"}", 202);
        JsonNode failed = awaitEnd();
        assertEquals("FAILED", failed.get("step").asText());
        assertTrue(failed.get("error").asText().contains("none"), failed.toString());
        assertEquals(first.toString(), failed.get("directory").asText());
        assertTrue(post("/bundle", "{\"folder\": 1}", 400).contains("name a bundle"));
        assertTrue(post("/bundle", "{", 400).contains("not a request"));
        assertTrue(post("/bundle/other", "{}", 404).contains(" /bundle "));
    }

    private JsonNode awaitEnd() throws Exception {
        JsonNode bundle = bundle();
        while (!List.of("NONE", "FAILED").contains(bundle.get("step").asText())) {
            Thread.sleep(5);
            bundle = bundle();
        }
        return bundle;
    }

    private JsonNode bundle() throws Exception {
        return Json.mapper().readTree(send(HttpRequest.newBuilder(page("/bundle")), 200));
    }

    private String post(String path, String body, int status) throws Exception {
        return send(
                HttpRequest.newBuilder(page(path))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body)),
                status);
    }

    private URI page(String path) {
        return URI.create("http://127.0.0.1:" + server.adminPort() + path);
    }

    private static String send(HttpRequest.Builder request, int status) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<String> response =
                    http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            assertEquals(status, response.statusCode(), response.body());
            return response.body();
        }
    }

    private long fingerprint() throws IOException {
        return client.ask(recommend(0)).fingerprint();
    }

    private List<List<Item>> answersAlone(Path bundle) throws IOException {
        ServerConfig alone = config(bundle).with("state", folder.resolve("alone").toString());
        try (MillraceServer other = MillraceServer.start(alone);
                WireClient asking = new WireClient(other.port())) {
            return answers(asking);
        }
    }

    private static List<List<Item>> answers(WireClient asking) throws IOException {
        List<List<Item>> answers = new ArrayList<>();
        for (int user = 0; user < USERS; user++) {
            Result result = asking.ask(recommend(user));
            assertEquals(Status.OK, result.status(), result.message());
            answers.add(result.items());
        }
        return answers;
    }

    private static byte[] recommend(int user) {
        return Frames.recommend(user, TinyBundle.userId(user), K, 0, 1_700_000_000_000L, 0);
    }
}
