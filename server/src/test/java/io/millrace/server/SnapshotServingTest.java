package io.millrace.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.file.TemporaryPaths;
import io.millrace.core.json.Json;
import io.millrace.core.progress.ProgressListener;
import io.millrace.core.rounds.Rounds;
import io.millrace.core.wire.Status;
import io.millrace.core.wire.codec.ScopeCode;
import io.millrace.server.Frames.Column;
import io.millrace.server.WireClient.Result;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.state.StateFolders;
import io.millrace.server.state.StateRestore;
import io.millrace.server.state.StateSnapshot;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Snapshots of the state of a server that goes on, and the way back to them. */
@Timeout(300)
class SnapshotServingTest {
    private static final int MOST_ROUNDS = 20;
    @TempDir private Path folder;
    private final TinyBundle tiny = new TinyBundle(SnapshotTraffic.ITEMS, SnapshotTraffic.USERS);
    private Path bundle = Path.of("");
    private MillraceServer server;

    @BeforeEach
    void serve() throws IOException {
        bundle = tiny.write(folder.resolve("bundle"));
        server = MillraceServer.start(config());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private ServerConfig config() {
        return ServerProcess.config(bundle)
                .with("state", folder.resolve("state").toString())
                .with("snapshots", folder.resolve("snapshots").toString())
                .with("network.adminPort", 0);
    }

    private Path current(Path state) {
        String fingerprint = String.format("%016x", server.catalogue().fingerprint());
        return new StateFolders(state, fingerprint).current();
    }

    /** A state has at least what was acknowledged before, at most what was sent after. */
    private static void assertBetween(long[] least, long[] found, long[] most) {
        String where = Arrays.toString(least) + Arrays.toString(found) + Arrays.toString(most);
        for (int c = 0; c < found.length; c++) {
            assertTrue(least[c] <= found[c] && found[c] <= most[c], where);
        }
    }

    @Test
    void shouldHaveTheChangesOfOneMomentWhenTheyGoOn() throws IOException {
        try (SnapshotTraffic traffic = new SnapshotTraffic(tiny, server.port())) {
            for (int round = 1; round <= 4; round++) {
                traffic.await(40L * round);
                long[] least = traffic.acknowledged();
                long[] leastTold = traffic.told();
                StateSnapshot taken = server.snapshot("round-" + round);
                long[] most = traffic.sent();
                long[] mostTold = traffic.toldSent();
                Path state = folder.resolve("restored-" + round);
                StateRestore restore =
                        StateRestore.offline(folder.resolve("snapshots/round-" + round), state);
                assertEquals(0, restore.dropped());
                assertRestored(traffic, state, taken, least, most, leastTold, mostTold);
            }
        }
    }

    private void assertRestored(
            SnapshotTraffic traffic,
            Path state,
            StateSnapshot taken,
            long[] least,
            long[] most,
            long[] leastTold,
            long[] mostTold)
            throws IOException {
        long[] gone;
        double shown;
        try (MillraceServer other =
                MillraceServer.start(config().with("state", state.toString()))) {
            gone = SnapshotTraffic.gone(other.port());
            shown = shown(other);
        }
        long[] found = traffic.found(gone, current(state));
        assertBetween(least, found, most);
        // And of all connections together the first of the journal, none before another.
        assertEquals(taken.sequence(), Arrays.stream(found).sum());
        long[] told = traffic.toldFound(current(state));
        assertBetween(leastTold, told, mostTold);
        // Counters and histories are of the same moment, but for what fades in two minutes.
        double all = (double) Arrays.stream(told).sum();
        assertEquals(all, shown, 0.5 + all * 0.001);
    }

    private static double shown(MillraceServer server) throws IOException {
        String page = "/rates?item=" + TinyBundle.itemId(0);
        return get(server, page).get(0).get("impressions").asDouble();
    }

    private static JsonNode get(MillraceServer server, String page) throws IOException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<String> response =
                    http.send(
                            HttpRequest.newBuilder(uri(server, page)).build(),
                            HttpResponse.BodyHandlers.ofString());
            assertEquals(200, response.statusCode(), response.body());
            return Json.mapper().readTree(response.body());
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static URI uri(MillraceServer server, String page) {
        return URI.create("http://127.0.0.1:" + server.adminPort() + page);
    }

    @Test
    void shouldServeTheStateOfThenWhenItIsRestoredWhileServing() throws IOException {
        Path before = current(folder.resolve("state"));
        try (WireClient client = new WireClient(server.port())) {
            age(client, 1);
            StateSnapshot taken = server.snapshot("then");
            assertEquals(1, taken.sequence());
            delete(client, 3);
            age(client, 2);
            age(client, 3);
            assertEquals(
                    3,
                    server.restore(folder.resolve("snapshots/then"), ProgressListener.NONE),
                    "changes that are dropped");
            assertTrue(isServed(client, 3));
            assertTrue(Files.isDirectory(before), "the state before is gone");
            // It goes on from there, and the next start goes on from that.
            delete(client, 4);
            server.close();
            server = MillraceServer.start(config());
        }
        try (WireClient client = new WireClient(server.port())) {
            assertTrue(isServed(client, 3));
            assertFalse(isServed(client, 4));
            assertEquals(2, server.snapshot("later").sequence());
            // Of the state that was left, all was dropped but the first change.
            assertEquals(
                    1, server.restore(folder.resolve("snapshots/then"), ProgressListener.NONE));
            assertTrue(isServed(client, 4));
            assertEquals(
                    0, server.restore(folder.resolve("snapshots/later"), ProgressListener.NONE));
            assertFalse(isServed(client, 4));
        }
    }

    private static void age(WireClient client, int age) throws IOException {
        Result result =
                client.ask(
                        Frames.update(
                                1, ScopeCode.USER, TinyBundle.userId(1), Column.of("age", age)));
        assertEquals(Status.OK, result.status(), result.message());
    }

    private static void delete(WireClient client, int ordinal) throws IOException {
        Result result = client.ask(Frames.delete(1, TinyBundle.itemId(ordinal)));
        assertEquals(Status.OK, result.status(), result.message());
    }

    private static boolean isServed(WireClient client, int ordinal) throws IOException {
        Result result = client.ask(Frames.similar(1, TinyBundle.itemId(ordinal), 1, false));
        return result.status() == Status.OK;
    }

    /** No request fails while the state is exchanged, and no change is lost that came after. */
    @Test
    void shouldGoOnWhenItIsRestoredUnderLoad() throws IOException {
        server.snapshot("empty");
        try (SnapshotTraffic traffic = new SnapshotTraffic(tiny, server.port())) {
            traffic.await(50);
            long[] least = traffic.acknowledged();
            long dropped = server.restore(folder.resolve("snapshots/empty"), ProgressListener.NONE);
            long[] most = traffic.sent();
            assertTrue(dropped >= Arrays.stream(least).sum());
            assertTrue(dropped <= Arrays.stream(most).sum());
            traffic.await(100);
            traffic.stop();
            long all = Arrays.stream(traffic.acknowledged()).sum();
            assertEquals(all - dropped, server.snapshot("after").sequence());
        }
    }

    @Test
    void shouldLeaveNothingWhenThereIsNoSnapshot() throws IOException {
        server.snapshot("first");
        assertRefused(ErrorCode.USAGE, () -> server.snapshot("first"));
        for (String name : List.of("", ".", "..", "../out", "a/b", ".hidden", "a b")) {
            assertRefused(ErrorCode.USAGE, () -> server.snapshot(name));
        }
        Path full = folder.resolve("full");
        StateSnapshot.Source large =
                new StateSnapshot.Source() {
                    @Override
                    public String fingerprint() {
                        return "0123456789abcdef";
                    }

                    @Override
                    public Path folder() {
                        return folder;
                    }

                    @Override
                    public long last() {
                        return 0;
                    }

                    @Override
                    public long bytes() {
                        return Long.MAX_VALUE;
                    }

                    @Override
                    public long write(Path target, Runnable requireGoingOn) {
                        throw new AssertionError("written without room");
                    }
                };
        assertRefused(
                ErrorCode.LIMIT, () -> StateSnapshot.take(full.resolve("one"), large, () -> {}));
        Runnable stopping =
                () -> {
                    throw MillraceException.of(ErrorCode.UNAVAILABLE, "stopping");
                };
        // Half of it is written by then.
        Path state = current(folder.resolve("state"));
        assertRefused(
                ErrorCode.UNAVAILABLE,
                () -> StateSnapshot.take(full.resolve("two"), source(state, 9), stopping));
        try (Stream<Path> entries = Files.list(full)) {
            assertEquals(List.of(), entries.toList());
        }
    }

    /** Writes one file, and is asked whether to go on then. */
    private static StateSnapshot.Source source(Path state, long sequence) {
        return new StateSnapshot.Source() {
            @Override
            public String fingerprint() {
                return state.getFileName().toString();
            }

            @Override
            public Path folder() {
                return state;
            }

            @Override
            public long last() {
                return sequence;
            }

            @Override
            public long bytes() {
                return 1;
            }

            @Override
            public long write(Path target, Runnable requireGoingOn) {
                try {
                    Files.writeString(target.resolve("users.rows"), "half");
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
                requireGoingOn.run();
                return sequence;
            }
        };
    }

    private static void assertRefused(ErrorCode code, Executable call) {
        MillraceException refused = assertThrows(MillraceException.class, call);
        assertEquals(code, refused.code(), refused.getMessage());
    }

    @Test
    void shouldRefuseSnapshotsThatAreNotAsTheyWereWritten() throws IOException {
        try (WireClient client = new WireClient(server.port())) {
            age(client, 1);
            server.snapshot("sound");
            Path sound = folder.resolve("snapshots/sound");
            List<Path> files;
            try (Stream<Path> entries = Files.list(sound)) {
                files = entries.sorted().toList();
            }
            assertEquals(7, files.size(), files.toString());
            for (Path file : files) {
                byte[] bytes = Files.readAllBytes(file);
                byte[] changed = bytes.clone();
                changed[bytes.length / 2] ^= 1;
                Files.write(file, changed);
                assertNotRestored(ErrorCode.CORRUPT_FILE, sound);
                Files.write(file, Arrays.copyOf(bytes, bytes.length - 1));
                assertNotRestored(ErrorCode.CORRUPT_FILE, sound);
                Files.write(file, bytes);
            }
            Files.writeString(sound.resolve("more"), "");
            assertNotRestored(ErrorCode.CORRUPT_FILE, sound);
            Files.delete(sound.resolve("more"));
            Files.delete(sound.resolve("counters"));
            assertNotRestored(ErrorCode.CORRUPT_FILE, sound);
            assertNotRestored(ErrorCode.NOT_FOUND, folder);
            age(client, 2);
            assertEquals(2, server.snapshot("still").sequence());
        }
    }

    private void assertNotRestored(ErrorCode code, Path snapshot) throws IOException {
        assertRefused(code, () -> server.restore(snapshot, ProgressListener.NONE));
        Path state = folder.resolve("none");
        assertRefused(code, () -> StateRestore.offline(snapshot, state));
        assertFalse(Files.exists(state), "something is left");
    }

    /** Whoever changes what it says and seals it again can still name no file outside of it. */
    @Test
    void shouldRefuseSnapshotsThatNameOtherFiles() throws IOException {
        server.snapshot("sound");
        Path manifest = folder.resolve("snapshots/sound/snapshot.json");
        ObjectNode told = (ObjectNode) Json.mapper().readTree(manifest.toFile());
        ObjectNode files = Json.mapper().createObjectNode();
        files.set("../users.rows", told.get("files").get("seen"));
        files.setAll((ObjectNode) told.get("files"));
        told.set("files", files);
        for (int i = 0; i < 2; i++) {
            // The first error tells the checksum that would fit.
            Json.writeAtomically(manifest, told);
            MillraceException refused =
                    assertThrows(
                            MillraceException.class,
                            () -> StateSnapshot.verify(folder.resolve("snapshots/sound")));
            assertEquals(ErrorCode.CORRUPT_FILE, refused.code());
            String message = refused.getMessage();
            assertEquals(i == 0, message.contains("expected="), message);
            if (i == 0) {
                told.put("checksum", message.replaceAll("(?s).*expected=([0-9a-f]{8}).*", "$1"));
            } else {
                assertTrue(message.contains("not what a snapshot is made of"), message);
            }
        }
    }

    @Test
    void shouldRefuseSnapshotsOfAnotherBundleAndStatesInUse() throws IOException {
        server.snapshot("mine");
        Path mine = folder.resolve("snapshots/mine");
        assertRefused(
                ErrorCode.UNAVAILABLE, () -> StateRestore.offline(mine, folder.resolve("state")));
        Path second = new TinyBundle(100, 10).write(folder.resolve("second"));
        server.swap(second, ProgressListener.NONE);
        assertRefused(ErrorCode.MISMATCH, () -> server.restore(mine, ProgressListener.NONE));
        server.rollback(ProgressListener.NONE);
        assertEquals(0, server.restore(mine, ProgressListener.NONE));
        // The way back to the other bundle is still there.
        server.rollback(ProgressListener.NONE);
        assertEquals(second.toString(), server.config().bundle());
    }

    @Test
    void shouldSnapshotAndRestoreWhenAskedOverHttp() throws Exception {
        post("/snapshot", "{\"name\": \"one\"}", 202);
        JsonNode taken = await("/snapshot");
        assertEquals("WRITTEN", taken.get("step").asText(), taken.toString());
        assertEquals(1, taken.get("taken").asInt());
        assertEquals(
                StateSnapshot.verify(folder.resolve("snapshots/one")).totalBytes(),
                taken.get("bytes").asLong());
        try (WireClient client = new WireClient(server.port())) {
            age(client, 1);
            post("/restore", "{\"name\": \"one\"}", 202);
            JsonNode restored = await("/bundle");
            assertEquals("NONE", restored.get("step").asText(), restored.toString());
            assertEquals(1, restored.get("dropped").asInt());
        }
        post("/snapshot", "{\"name\": \"one\"}", 202);
        assertEquals("FAILED", await("/snapshot").get("step").asText());
        post("/restore", "{\"name\": \"none\"}", 202);
        assertEquals("FAILED", await("/bundle").get("step").asText());
        assertTrue(post("/snapshot", "{}", 400).contains("name a snapshot"));
        assertTrue(post("/restore", "{\"name\": \"../one\"}", 400).contains("not a name"));
    }

    private JsonNode await(String page) throws Exception {
        JsonNode status = get(server, page);
        while (List.of("WRITING", "OPENING", "TRYING", "SWITCHING")
                .contains(status.get("step").asText())) {
            Thread.sleep(5);
            status = get(server, page);
        }
        return status;
    }

    private String post(String page, String body, int status) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(uri(server, page))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build();
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<String> response =
                    http.send(request, HttpResponse.BodyHandlers.ofString());
            assertEquals(status, response.statusCode(), response.body());
            return response.body();
        }
    }

    /** What was changed once would not be changed by the same changes. */
    private static void removeAllBut(Path kept) throws IOException {
        if (Files.isDirectory(kept)) {
            try (Stream<Path> entries = Files.list(kept.resolveSibling("."))) {
                entries.filter(entry -> !entry.getFileName().equals(kept.getFileName()))
                        .forEach(TemporaryPaths::remove);
            }
        }
    }

    @Test
    void shouldLeaveNoHalfSnapshotWhenItIsKilled() throws Exception {
        killAndCheck(2);
    }

    @Test
    @Tag("slow")
    @Timeout(900)
    void shouldLeaveNoHalfSnapshotWhenItIsKilledManyTimes() throws Exception {
        killAndCheck(Rounds.times(20));
    }

    private void killAndCheck(int rounds) throws Exception {
        server.close();
        Path state = Path.of(bundle + ".state");
        Path snapshots = state.resolve("snapshots");
        int checked = 0;
        // A machine that is slow to write them is given more rounds, until one is whole.
        for (int round = 0; round < rounds || (checked == 0 && round < MOST_ROUNDS); round++) {
            removeAllBut(snapshots);
            try (ServerProcess process = new ServerProcess(bundle, folder.resolve("log"), true);
                    SnapshotTraffic traffic = new SnapshotTraffic(tiny, process.port())) {
                traffic.await(30 + 7L * round);
                process.kill();
            }
            try (Stream<Path> entries = Files.list(snapshots)) {
                for (Path snapshot : entries.toList()) {
                    if (!snapshot.getFileName().toString().startsWith(".")) {
                        StateSnapshot.verify(snapshot);
                        checked++;
                    }
                }
            }
        }
        assertTrue(checked > 0, "none was ever whole");
        server = MillraceServer.start(ServerProcess.config(bundle));
        server.snapshot("last");
        try (Stream<Path> entries = Files.list(snapshots)) {
            assertEquals(
                    List.of(),
                    entries.filter(e -> e.getFileName().toString().startsWith(".")).toList());
        }
    }
}
