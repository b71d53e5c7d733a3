package io.millrace.cli.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import io.millrace.cli.CommandRun;
import io.millrace.core.json.Json;
import io.millrace.server.funnel.Catalogue;
import io.millrace.server.request.Answer;
import io.millrace.server.request.Request;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What a command line wishes for beside its question, as it arrives at a server. */
final class QueryWishesTest {
    private final ListeningServer server =
            new ListeningServer(
                    new Catalogue(
                            1, 1, 1, 1, List.of(), List.of(), List.of(), List.of(), List.of(),
                            List.of()),
                    QueryWishesTest::hear);

    @TempDir private Path folder;

    @AfterEach
    void close() {
        server.close();
    }

    private static String hear(Request request, Answer answer) {
        return request.kind().label()
                + " k="
                + request.k()
                + " filter="
                + request.filter()
                + " key="
                + request.experimentKey()
                + (request.isTraced() ? " traced" : "");
    }

    @Test
    void shouldBringFilterAndKeyWhenTheyAreGiven() throws Exception {
        Path vector = Files.writeString(folder.resolve("vector.txt"), "1");
        for (String[] asked :
                new String[][] {
                    {
                        "recommend --user 1 --filter stock>=1 --experiment a/b --trace",
                        "recommend k=10 filter=stock>=1 key=a/b traced"
                    },
                    {
                        "similar --item 1 --k 3 --filter stock>=1 --trace",
                        "similar k=3 filter=stock>=1 key= traced"
                    },
                    {
                        "search --vector " + vector + " --experiment a/b",
                        "search k=10 filter= key=a/b"
                    },
                    {
                        "rank --user 1 --items 5,6 --experiment a/b --trace",
                        "rank k=2 filter= key=a/b traced"
                    },
                    {
                        "feedback --user 1 --click 5 --experiment a/b",
                        "feedback k=0 filter= key=a/b"
                    },
                    {"recommend --user 1", "recommend k=10 filter= key="},
                }) {
            CommandRun run = server.query(asked[0]);
            assertEquals(0, run.code(), asked[0] + run.err());
            assertEquals(asked[1], server.heard().take());
            assertEquals(asked[0].contains("--trace"), run.out().contains("stage   "), run.out());
        }
    }

    @Test
    void shouldTellTimesOfStagesWhenTraced() throws Exception {
        Path json = folder.resolve("out.json");
        CommandRun run = server.query("recommend --user 1 --trace --json " + json);
        assertEquals(0, run.code(), run.err());
        List<String> lines = run.out().lines().toList();
        int head = lines.stream().map(String::strip).toList().indexOf("");
        assertTrue(lines.get(head + 1).matches("stage +time +of all"), run.out());
        assertTrue(lines.get(head + 2).matches("decode +[0-9.]+ [µm]s +[0-9.]+ %"), run.out());
        JsonNode figures = Json.mapper().readTree(Files.readString(json));
        assertTrue(figures.get("stages.encode_us").asDouble() > 0, figures.toString());
        assertTrue(figures.path("stages.journal_us").isMissingNode(), figures.toString());
    }

    @Test
    void shouldTellWhatWasCountedWhenAsked() throws Exception {
        server.query("recommend --user 1");
        Path json = folder.resolve("out.json");
        CommandRun run = server.query("stats --match requests_total --json " + json);
        assertEquals(0, run.code(), run.err());
        String name = "requests_total{kind=\"recommend\",status=\"ok\"}";
        assertTrue(run.out().lines().anyMatch(l -> l.matches("\\Q" + name + "\\E +1")), run.out());
        assertTrue(run.out().lines().skip(1).allMatch(l -> l.contains("requests_total")));
        JsonNode figures = Json.mapper().readTree(Files.readString(json));
        assertEquals(1, figures.get(name).asDouble());
        assertTrue(figures.get("uptime_seconds").asDouble() > 0);
        CommandRun all = server.query("stats");
        assertTrue(all.out().lines().count() > 50, all.out());
        CommandRun none = server.query("stats --match no_such");
        assertEquals(2, none.code());
        assertTrue(none.err().contains("nothing is called so: --match=no_such"), none.err());
    }

    @Test
    void shouldRefuseAKeyThatIsTooLong() {
        CommandRun run = server.query("recommend --user 1 --experiment " + "k".repeat(65));
        assertEquals(2, run.code());
        assertTrue(run.err().contains("experiment key too long: bytes=65, limit=64"), run.err());
        assertTrue(server.heard().isEmpty());
    }
}
