package io.millrace.cli.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import io.millrace.cli.CommandRun;
import io.millrace.core.json.Json;
import io.millrace.core.wire.Status;
import io.millrace.server.funnel.Catalogue;
import io.millrace.server.request.Answer;
import io.millrace.server.request.Request;
import io.millrace.server.request.RequestEvents;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What arrives at a server of what a command line tells. */
final class QueryFeedbackTest {
    private static final long UNKNOWN_ITEM = 404;

    private final ListeningServer server =
            new ListeningServer(
                    new Catalogue(
                            1, 1, 1, 4, List.of(), List.of(), List.of(), List.of(), List.of(),
                            List.of()),
                    QueryFeedbackTest::hear);

    @TempDir private Path folder;

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void shouldTellEveryEventWhenItsItemIsNamed() throws Exception {
        Path json = folder.resolve("out.json");
        CommandRun run =
                server.query(
                        "feedback --user 12 --time-ms 1700 --shown 7,8 --click 8 --watch 8"
                                + " --long-watch 9,10 --watched-share 0.75 --like 10 --json "
                                + json);
        assertEquals(0, run.code(), run.err());
        assertEquals(
                "12 1700 IMPRESSION7=NaN IMPRESSION8=NaN CLICK8=NaN WATCH8=0.75 LONG_WATCH9=0.75"
                        + " LONG_WATCH10=0.75 LIKE10=NaN",
                server.heard().take());
        assertTrue(run.out().startsWith("remembered 7 events in "), run.out());
        JsonNode figures = Json.mapper().readTree(Files.readString(json));
        assertEquals("ok", figures.get("status").asText());
        assertEquals(7, figures.get("events").asInt());
        assertTrue(figures.get("service_us").asDouble() > 0);
    }

    @Test
    void shouldSayWhichItemIsUnknownWhenTheServerRefuses() {
        CommandRun run = server.query("feedback --user 12 --like " + UNKNOWN_ITEM);
        assertEquals(1, run.code());
        assertEquals(
                "millrace: the server refused: status=UNKNOWN_ITEM, message=no such item: item=404",
                run.err().strip());
        assertEquals("12 0 LIKE404=NaN", server.heard().remove());
    }

    @Test
    void shouldRefuseWhenThereIsNothingToTell() {
        CommandRun run = server.query("feedback --user 12 --watched-share 1");
        assertEquals(2, run.code());
        assertTrue(run.err().contains("nothing to tell; name items"), run.err());
        assertTrue(server.heard().isEmpty());
    }

    @Test
    void shouldBringTheHistoryWhenAskingForItems() throws Exception {
        CommandRun run =
                server.query("recommend --user 12 --history 7,8 --replace-history --exclude 9");
        assertEquals(0, run.code(), run.err());
        assertEquals("12 0 replacing=true excluded=1 WATCH7=NaN WATCH8=NaN", server.heard().take());
        server.query("recommend --user 13");
        assertEquals("13 0 replacing=false excluded=0", server.heard().take());
    }

    /** Repeats what it is asked and told. */
    private static String hear(Request request, Answer answer) {
        List<String> words = new ArrayList<>();
        words.add(String.valueOf(request.userId()));
        words.add(String.valueOf(request.timestampMs()));
        if (request.k() > 0) {
            words.add("replacing=" + request.events().isReplacing());
            words.add("excluded=" + request.excludedCount());
        }
        RequestEvents events = request.events();
        for (int i = 0; i < events.count(); i++) {
            words.add(events.kind(i).name() + events.itemId(i) + "=" + events.watchedShare(i));
            if (events.itemId(i) == UNKNOWN_ITEM) {
                answer.fail(Status.UNKNOWN_ITEM, "no such item: item=").append(UNKNOWN_ITEM);
            }
        }
        return String.join(" ", words);
    }
}
