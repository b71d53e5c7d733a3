package io.millrace.cli.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import io.millrace.cli.CommandRun;
import io.millrace.cli.SmallWorld;
import io.millrace.client.MillraceClient;
import io.millrace.client.message.Answer;
import io.millrace.core.json.Json;
import io.millrace.core.wire.Status;
import io.millrace.loadgen.change.ChangeMix;
import io.millrace.server.MillraceServer;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;

/** Loads that change what a server has, and of many connections, on a bundle of a small world. */
@Timeout(240)
final class LoadChangesTest {
    private static final int CONNECTIONS = 300;
    private static final int NEW_ITEMS = 20;
    private static final int ROOM = 30;

    /** What is brought is there after this time, also where the disk stands still for a while. */
    private static final String SETTLING = "--timeout-ms 4000";

    @TempDir private static Path folder;
    private static SmallWorld world;
    private static MillraceServer server;

    @BeforeAll
    static void serve() {
        world = SmallWorld.make(folder);
        server = world.serve("state", config -> config.with("limits.connections", CONNECTIONS));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String at(String name) {
        return world.at(name);
    }

    private static CommandRun load(String arguments) {
        return load(server, arguments);
    }

    private static CommandRun load(MillraceServer asked, String arguments) {
        String line =
                "load --progress none --timeout-ms 20000 --target 127.0.0.1:"
                        + asked.port()
                        + " "
                        + arguments;
        return CommandRun.of(line.split(" "));
    }

    private static MillraceClient client() {
        return MillraceClient.of("127.0.0.1", server.port(), Duration.ofSeconds(10));
    }

    @Test
    void shouldChangeWhatIsServedWhileItIsAskedFor() throws IOException {
        CommandRun run =
                load(
                        "--rate 200 --seconds 3 --warmup 0 --similar-share 0.2 --feedback-share 0.2"
                                + " --update-share 0.1 --upsert-share 0.2 --upsert-items "
                                + NEW_ITEMS
                                + (" --json " + at("mixed.json"))
                                + (" --report " + at("mixed.html")));
        assertEquals(0, run.code(), run.out() + run.err());
        JsonNode figures = world.figures("mixed.json");
        assertEquals(
                List.of(),
                JsonSchemaCheck.differences(Json.mapper().readTree(LoadOutputs.schema()), figures));
        double all = figures.get("planned").asDouble();
        assertAnswered(figures, "recommend", 0.3 * all);
        assertAnswered(figures, "similar", 0.2 * all);
        assertAnswered(figures, "feedback", 0.2 * all);
        assertAnswered(figures, "update", 0.1 * all);
        assertAnswered(figures, "upsert", 0.2 * all);
        assertAnswered(figures, "reads", 0.5 * all);
        assertAnswered(figures, "changes", 0.5 * all);
        assertFalse(figures.has("by_kind.rank.planned"));
        assertTrue(run.out().contains("upsert"), run.out());
        assertTrue(Files.readString(folder.resolve("mixed.html")).contains("Kinds of requests"));
        try (MillraceClient client = client()) {
            for (int i = 0; i < NEW_ITEMS; i++) {
                Answer similar = client.similar(ChangeMix.FIRST_NEW_ITEM + i, 5);
                assertEquals(Status.OK, similar.status(), similar.message());
                assertEquals(5, similar.itemIds().length);
            }
            Answer none = client.similar(ChangeMix.FIRST_NEW_ITEM + 1_000, 5);
            assertEquals(Status.UNKNOWN_ITEM, none.status());
        }
    }

    private static void assertAnswered(JsonNode figures, String kind, double about) {
        String prefix = "by_kind." + kind + ".";
        double answered = figures.get(prefix + "answered").asDouble();
        assertEquals(figures.get(prefix + "planned").asDouble(), answered, kind);
        assertEquals(about, answered, 0.35 * about, kind);
        assertEquals(0, figures.get(prefix + "refused").asInt(), kind);
        double p99 = figures.get(prefix + "p99_us").asDouble();
        assertTrue(p99 >= figures.get(prefix + "p50_us").asDouble() && p99 > 0, kind);
    }

    /** A server of the same bundle that may lose items without the other tests' missing them. */
    private static MillraceServer serveApart(String state) {
        return world.serve(state, UnaryOperator.identity());
    }

    private static JsonNode deleted(MillraceServer apart, String arguments) throws IOException {
        String line =
                "load --progress none --warmup 0 --target 127.0.0.1:"
                        + apart.port()
                        + (" --json " + at("deleted.json ") + arguments);
        CommandRun run = CommandRun.of(line.split(" "));
        assertEquals(0, run.code(), run.out() + run.err());
        JsonNode figures = world.figures("deleted.json");
        assertEquals(0, figures.get("errors").asInt(), run.out());
        assertEquals(
                List.of(),
                JsonSchemaCheck.differences(Json.mapper().readTree(LoadOutputs.schema()), figures));
        return figures;
    }

    private static int unknown(MillraceServer apart, long[] items) {
        int unknown = 0;
        try (MillraceClient client =
                MillraceClient.of("127.0.0.1", apart.port(), Duration.ofSeconds(10))) {
            for (long item : items) {
                Status status = client.similar(item, 1).status();
                assertTrue(status == Status.OK || status == Status.UNKNOWN_ITEM, status + "");
                unknown += status == Status.UNKNOWN_ITEM ? 1 : 0;
            }
        }
        return unknown;
    }

    /** What the load has brought goes, what the bundle has stays. */
    @Test
    void shouldDeleteWhatItHasBrought() throws IOException {
        try (MillraceServer apart = serveApart("state-brought")) {
            JsonNode figures =
                    deleted(
                            apart,
                            SETTLING
                                    + " --rate 100 --seconds 7 --upsert-share 0.3"
                                    + " --delete-share 0.2 --upsert-items 700");
            int upserts = figures.get("by_kind.upsert.planned").asInt();
            int deletes = figures.get("by_kind.delete.planned").asInt();
            assertTrue(deletes > 20 && upserts > deletes && upserts < 700, figures.toString());
            assertEquals(
                    deletes, figures.get("by_kind.delete.answered").asInt(), figures.toString());
            // Each was brought once.
            long first = ChangeMix.FIRST_NEW_ITEM;
            long[] brought = LongStream.range(first, first + upserts).toArray();
            assertEquals(deletes, unknown(apart, brought));
            assertEquals(0, unknown(apart, sampled()));
        }
    }

    private static long[] sampled() {
        try (MillraceClient client = client()) {
            return client.info(300).sampleItems();
        }
    }

    @Test
    void shouldDeleteWhatIsServedOnlyWhenAsked() throws IOException {
        try (MillraceServer apart = serveApart("state-served")) {
            JsonNode figures =
                    deleted(
                            apart,
                            SETTLING + " --rate 50 --seconds 1 --delete-share 0.2 --delete-served");
            int deletes = figures.get("by_kind.delete.answered").asInt();
            assertTrue(deletes > 0, figures.toString());
            assertEquals(deletes, unknown(apart, sampled()));
        }
    }

    /** By a server of its own: who comes late to a full one finds no room in the other tests. */
    @Test
    void shouldCountUpsertsThatFindNoRoomApart() throws IOException {
        try (MillraceServer narrow =
                world.serve("state-narrow", config -> config.with("changes.maxUpserted", ROOM))) {
            CommandRun run =
                    load(
                            narrow,
                            "--rate 200 --seconds 1 --warmup 0 --upsert-share 0.5 --upsert-vectors"
                                    + " --upsert-items 1000 --json "
                                    + at("full.json"));
            assertEquals(0, run.code(), run.out() + run.err());
            JsonNode figures = world.figures("full.json");
            int refused = figures.get("by_kind.upsert.refused").asInt();
            int planned = figures.get("by_kind.upsert.planned").asInt();
            // All that fit are taken.
            assertTrue(refused > 0 && planned - refused >= ROOM, run.out());
            assertEquals(refused, figures.get("by_kind.upsert.overloaded").asInt());
            assertEquals(refused, figures.get("refused").asInt());
            assertEquals(0, figures.get("by_kind.reads.refused").asInt());
            assertEquals(0, figures.get("errors").asInt());
            assertTrue(run.out().contains("changes.maxUpserted"), run.out());
        }
    }

    @Test
    void shouldLoadOverHundredsOfConnections() throws IOException {
        // The ping before has a connection of its own, which may not be gone yet.
        int connections = CONNECTIONS - 2;
        CommandRun run =
                load(
                        "--rate 400 --seconds 1 --warmup 0 --connections "
                                + (connections + " --json " + at("many.json")));
        assertEquals(0, run.code(), run.out() + run.err());
        JsonNode figures = world.figures("many.json");
        assertEquals(0, figures.get("errors").asInt(), run.out());
        assertEquals(400, figures.get("sent").asInt(), run.out());
        run = load("--rate 400 --seconds 1 --warmup 0 --connections " + 2 * CONNECTIONS);
        assertEquals(1, run.code(), run.out());
        assertTrue(run.err().contains("wanted=" + 2 * CONNECTIONS), run.err());
        assertTrue(run.err().contains("limits.connections"), run.err());
        assertTrue(run.err().contains("ulimit -n"), run.err());
    }

    @Test
    void shouldRefuseSharesThatDoNotGoTogether() {
        refuses("--feedback-share 2", "out of range: feedbackShare=2.0");
        refuses("--upsert-share 0.5 --update-share 0.6", "limit=1 together");
        refuses("--delete-share 0.1", "nothing to delete: deleteShare=0.1, upsertShare=0;");
        refuses("--upsert-share 0.1 --delete-served", "--delete-served without --delete-share");
        refuses("--upsert-share 0.5 --upsert-items 0", "out of range: upsertItems=0");
    }

    private static void refuses(String arguments, String message) {
        CommandRun run = load("--rate 1 --seconds 1 " + arguments);
        assertEquals(2, run.code(), run.err());
        assertTrue(run.err().contains(message), run.err());
    }
}
