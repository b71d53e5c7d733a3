package io.millrace.server.clock;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import io.millrace.core.bundle.BundleManifest;
import io.millrace.core.json.Json;
import io.millrace.core.wire.Status;
import io.millrace.core.wire.codec.EventCode;
import io.millrace.ranker.impression.Impression;
import io.millrace.ranker.impression.ImpressionLogReader;
import io.millrace.server.Frames;
import io.millrace.server.Frames.Column;
import io.millrace.server.Frames.Event;
import io.millrace.server.ServerProcess;
import io.millrace.server.TinyBundle;
import io.millrace.server.WireClient;
import io.millrace.server.WireClient.Result;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Somebody sets the clock of a machine that serves: forwards and backwards, by an hour and by
 * decades. Nobody who asks notices, and what was acknowledged at any of these times is there after
 * a restart at another.
 */
@Timeout(180)
class ClockJumpTest {
    private static final int ITEMS = 300;
    private static final int USERS = 40;
    private static final int ROUNDS = 12;
    private static final long NEW = 5_000_000;

    /** Longer than any stall of the machine that tests run on, shorter than the jumps. */
    private static final long DEADLINE_US = 20_000_000;

    private static final double LONGEST_SECONDS = 60;

    /** Refused when it comes, or when its turn comes. */
    private static final Set<Status> TOO_LATE = Set.of(Status.OVERLOADED, Status.DEADLINE_EXCEEDED);

    /** The last one sets it right. */
    private static final List<Duration> JUMPS =
            List.of(
                    Duration.ofHours(1),
                    Duration.ofHours(-1),
                    Duration.ofDays(30),
                    Duration.ofDays(-3650),
                    Duration.ofDays(3650),
                    Duration.ZERO);

    @TempDir private Path folder;

    private final HttpClient http = HttpClient.newHttpClient();
    private final List<Long> upserted = new ArrayList<>();
    private final AtomicBoolean isOver = new AtomicBoolean();
    private long recommended;

    @Test
    void shouldServeAndKeepEverythingWhenTheClockJumps() throws Exception {
        Path bundle = new TinyBundle(ITEMS, USERS).write(folder.resolve("bundle"));
        Path log = folder.resolve("log");
        ClockMover clock = new ClockMover(folder);
        long beganNs = System.nanoTime();
        try (ServerProcess server = start(clock, bundle, log);
                WireClient client = new WireClient(server.port());
                ExecutorService others = Executors.newSingleThreadExecutor()) {
            Future<Integer> asked = others.submit(() -> askOn(server.port()));
            try {
                ask(client, -1);
                for (int jump = 0; jump < JUMPS.size(); jump++) {
                    clock.jump(JUMPS.get(jump));
                    ask(client, jump);
                    requireSane(server.adminPort(), beganNs);
                }
            } finally {
                isOver.set(true);
            }
            recommended += asked.get();
            assertEquals(0, server.stop(), "ends as it should");
        }
        assertEquals(recommended, logged(bundle, log), "what was answered is in the log");

        // The machine comes up before anybody has told it what time it is.
        clock.jump(Duration.ofDays(-3650));
        try (ServerProcess server = start(clock, bundle, log);
                WireClient client = new WireClient(server.port())) {
            for (long itemId : upserted) {
                assertEquals(Status.OK, client.ask(Frames.similar(1, itemId, 3, false)).status());
            }
            JsonNode all = rates(server.adminPort()).get(0);
            double shown = all.get("impressions").asDouble();
            long told = (JUMPS.size() + 1L) * ROUNDS;
            assertTrue(shown > 0.99 * told && shown <= told, all + " of " + told);
            ask(client, JUMPS.size());
            assertEquals(0, server.stop());
        }
    }

    private ServerProcess start(ClockMover clock, Path bundle, Path log) throws IOException {
        return new ServerProcess(
                folder.resolve("server.log"),
                // Kernels of a compiler in haste take a hundred times as long.
                List.of("-XX:TieredStopAtLevel=4"),
                clock.environment(),
                ServerProcess.StoppableMain.class,
                bundle.toString(),
                log.toString());
    }

    /** Asks without a pause, so that requests are under way whenever the clock jumps. */
    private int askOn(int port) throws IOException {
        int count = 0;
        try (WireClient client = new WireClient(port)) {
            while (!isOver.get()) {
                recommend(client, TinyBundle.userId(count++ % USERS));
            }
        }
        assertTrue(count > JUMPS.size(), "asked " + count);
        return count;
    }

    /** Asks, tells and changes; every answer is in time, and what is told counts at once. */
    private void ask(WireClient client, int jump) throws IOException {
        for (int round = 0; round < ROUNDS; round++) {
            long userId = TinyBundle.userId((jump + 1) * 5 % USERS);
            Result before = recommend(client, userId);
            long best = before.items().getFirst().itemId();
            ok(
                    client.ask(
                            Frames.feedback(
                                    2,
                                    userId,
                                    0,
                                    Event.of(EventCode.IMPRESSION, best),
                                    new Event(EventCode.LONG_WATCH, best, 0.9f))));
            assertFalse(recommend(client, userId).itemIds().contains(best), "seen since");
            ok(client.ask(Frames.similar(4, TinyBundle.itemId(round), 5, false)));
            Status late = client.ask(Frames.recommend(5, userId, 10, 0, 0, 1)).status();
            assertTrue(TOO_LATE.contains(late), late + " of a deadline of a microsecond");
        }
        long itemId = NEW + jump;
        ok(client.ask(Frames.upsert(5, itemId, new float[0], Column.of("creator", 3))));
        upserted.add(itemId);
        ok(client.ask(Frames.similar(6, itemId, 5, false)));
        ok(client.ask(Frames.upsert(7, -itemId, new float[0], Column.of("creator", 3))));
        ok(client.ask(Frames.delete(8, -itemId)));
        assertEquals(
                Status.UNKNOWN_ITEM, client.ask(Frames.similar(9, -itemId, 5, false)).status());
        recommended += 3L * ROUNDS + 1;
    }

    private static Result recommend(WireClient client, long userId) throws IOException {
        return ok(client.ask(Frames.recommend(1, userId, 10, 0, 0, DEADLINE_US)));
    }

    private static Result ok(Result result) {
        assertEquals(Status.OK, result.status(), result::message);
        return result;
    }

    /** Nothing that is measured knows of the jump. */
    private void requireSane(int port, long beganNs) throws IOException, InterruptedException {
        assertEquals(200, get(port, "/readyz").statusCode());
        JsonNode stats = Json.mapper().readTree(get(port, "/stats").body());
        double uptime = stats.get("uptime_seconds").asDouble();
        assertTrue(uptime > 0 && uptime <= (System.nanoTime() - beganNs) / 1e9, "uptime " + uptime);
        for (Map.Entry<String, JsonNode> stage : stats.get("stages").properties()) {
            requireShort(stage.getKey(), stage.getValue());
        }
        requireShort("service", stats.get("service"));
        requireShort("hiccups", stats.get("hiccups"));
        assertFalse(get(port, "/metrics").body().contains(" NaN\n"));
        for (JsonNode rates : rates(port)) {
            assertTrue(rates.get("impressions").asDouble() >= 0, rates.toString());
            double watched = rates.get("watchRate").asDouble();
            assertTrue(watched >= 0 && watched <= 1, rates.toString());
        }
    }

    private static void requireShort(String what, JsonNode times) {
        double maxUs = times.get("max_us").asDouble();
        assertTrue(maxUs >= 0 && maxUs < 1e6 * LONGEST_SECONDS, what + " took " + maxUs);
    }

    private JsonNode rates(int port) throws IOException, InterruptedException {
        return Json.mapper().readTree(get(port, "/rates?item=" + TinyBundle.itemId(0)).body());
    }

    private HttpResponse<String> get(int port, String path)
            throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    /** How many there are; by when they say they were answered, the clock did jump. */
    private static long logged(Path bundle, Path log) {
        long read = 0;
        long earliestMs = Long.MAX_VALUE;
        long latestMs = Long.MIN_VALUE;
        try (ImpressionLogReader reader =
                new ImpressionLogReader(log, BundleManifest.read(bundle).fingerprint())) {
            for (Impression each = reader.next(); each != null; each = reader.next()) {
                read++;
                earliestMs = Math.min(earliestMs, each.answeredMs());
                latestMs = Math.max(latestMs, each.answeredMs());
            }
            assertEquals(0, reader.damage().tailBytes());
        }
        assertTrue(latestMs - earliestMs > Duration.ofDays(7_299).toMillis(), "as it seemed");
        return read;
    }
}
