package io.millrace.cli.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import io.millrace.cli.CommandRun;
import io.millrace.core.json.Json;
import io.millrace.core.wire.Status;
import io.millrace.core.wire.codec.FormCode;
import io.millrace.server.funnel.Catalogue;
import io.millrace.server.request.Answer;
import io.millrace.server.request.Request;
import io.millrace.server.request.RequestColumns;
import io.millrace.server.request.RequestKind;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** What arrives at a server of what a command line changes. */
final class QueryUpdateTest {
    private static final long UNKNOWN_ITEM = 404;

    private final ListeningServer server =
            new ListeningServer(
                    new Catalogue(
                            1,
                            1,
                            1,
                            4,
                            List.of(),
                            List.of(),
                            List.of(),
                            List.of(),
                            List.of(
                                    new Catalogue.Column("price", FormCode.NUMBERS, 1),
                                    new Catalogue.Column("tags", FormCode.TEXTS, 3)),
                            List.of(
                                    new Catalogue.Column("age", FormCode.NUMBERS, 1),
                                    new Catalogue.Column("city", FormCode.TEXTS, 1))),
                    QueryUpdateTest::hear);

    @TempDir private Path folder;

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void shouldSendTheFeaturesThatAreNamed() throws Exception {
        Path json = folder.resolve("out.json");
        CommandRun run =
                server.query("update --item 7 --set price=1.5 --set tags=a|b --json " + json);
        assertEquals(0, run.code(), run.err());
        assertEquals(
                "ITEM 7 price=000000000000f83f tags=010061 tags=010062", server.heard().take());
        assertTrue(run.out().startsWith("changed in "), run.out());
        JsonNode figures = Json.mapper().readTree(Files.readString(json));
        assertEquals("ok", figures.get("status").asText());
        assertTrue(figures.get("service_us").asDouble() > 0);
        run = server.query("update --user -8 --set age= --set city=a|b --set age=31");
        assertEquals(0, run.code(), run.err());
        assertEquals("USER -8 age=0000000000003f40 city=0300617c62", server.heard().take());
        server.query("update --user 9 --set age= --set city=");
        assertEquals("USER 9 age=000000000000f87f city=0000", server.heard().take());
    }

    @Test
    void shouldSayWhatIsWrongWithACommandLine() {
        assertRefused("--item 7 --set age=3", "no such feature: --set age, known=[price, tags]");
        assertRefused("--item 7 --set price=much", "not a number: --set price=much; correct it");
        assertRefused("--item 7", "--set");
        assertRefused("--set price=1", "--item");
        assertRefused("--item 7 --user 8 --set price=1", "mutually exclusive");
        assertTrue(server.heard().isEmpty());
    }

    private void assertRefused(String arguments, String message) {
        CommandRun run = server.query("update " + arguments);
        assertEquals(2, run.code());
        assertTrue(run.err().contains(message), run.err());
    }

    @Test
    void shouldSayWhyWhenTheServerRefuses() {
        CommandRun run = server.query("update --set price=2 --item " + UNKNOWN_ITEM);
        assertEquals(1, run.code());
        assertEquals(
                "millrace: the server refused: status=UNKNOWN_ITEM, message=no such item: item=404",
                run.err().strip());
    }

    @Test
    void shouldBringTheItemThatIsNamed() throws Exception {
        CommandRun run = server.query("upsert --item 7 --set price=1.5 --set tags=a|b");
        assertEquals(0, run.code(), run.err());
        assertEquals(
                "UPSERT ITEM 7 price=000000000000f83f tags=010061 tags=010062",
                server.heard().take());
        Path vector = Files.writeString(folder.resolve("vector.txt"), "1 2 3 -0.5");
        run = server.query("upsert --item 8 --vector " + vector);
        assertEquals(0, run.code(), run.err());
        assertTrue(run.out().startsWith("changed in "), run.out());
        assertEquals("UPSERT ITEM 8 [1.0, 2.0, 3.0, -0.5]", server.heard().take());
        assertEquals(2, server.query("upsert --set price=1").code());
    }

    @Test
    void shouldDeleteTheItemThatIsNamed() throws Exception {
        CommandRun run = server.query("delete --item -7");
        assertEquals(0, run.code(), run.err());
        assertTrue(run.out().startsWith("changed in "), run.out());
        assertEquals("DELETE -7", server.heard().take());
        assertEquals(2, server.query("delete").code());
    }

    @Test
    void shouldListTheFeaturesOfUsers() {
        CommandRun run = server.query("columns --users");
        assertEquals(0, run.code(), run.err());
        assertTrue(run.out().contains("city"), run.out());
        assertTrue(!run.out().contains("price"), run.out());
    }

    private static String hear(Request request, Answer answer) {
        if (request.kind() == RequestKind.DELETE) {
            return "DELETE " + request.itemId();
        }
        List<String> words = new ArrayList<>();
        long id = request.candidates().itemId(0);
        boolean isUpsert = request.kind() == RequestKind.UPSERT;
        words.add((isUpsert ? "UPSERT " : "") + request.scope() + " " + id);
        RequestColumns columns = request.candidates().columns();
        for (int i = 0; i < columns.count(); i++) {
            byte[] values = new byte[columns.valuesLength(i)];
            columns.bytes().getBytes(columns.valuesOffset(i), values);
            String name =
                    columns.bytes()
                            .getStringWithoutLengthAscii(
                                    columns.nameOffset(i), columns.nameLength(i));
            words.add(name + "=" + HexFormat.of().formatHex(values));
        }
        if (request.hasVector()) {
            words.add(Arrays.toString(request.vector()));
        }
        if (id == UNKNOWN_ITEM) {
            answer.fail(Status.UNKNOWN_ITEM, "no such item: item=").append(UNKNOWN_ITEM);
        }
        return String.join(" ", words);
    }
}
