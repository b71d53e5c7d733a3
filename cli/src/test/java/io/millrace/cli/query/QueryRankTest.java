package io.millrace.cli.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.cli.CommandRun;
import io.millrace.core.wire.codec.FormCode;
import io.millrace.core.wire.codec.SourceCode;
import io.millrace.server.funnel.Catalogue;
import io.millrace.server.request.Answer;
import io.millrace.server.request.Request;
import io.millrace.server.request.RequestColumns;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** What arrives at a server of what a command line wants ranked. */
final class QueryRankTest {
    private final ListeningServer server = new ListeningServer(catalogue(), QueryRankTest::hear);

    @TempDir private Path folder;

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void shouldNameItemsAndTheUser() throws Exception {
        CommandRun run =
                server.query(
                        "rank --user 12 --items 7,8,-9 --k 2 --rules --time-ms 1700 --context"
                                + " tab=3");
        assertEquals(0, run.code(), run.err());
        assertEquals("12 1700 k=2 flags=1 tab=3 7 8 -9", server.heard().take());
        assertTrue(run.out().contains("answered 2"), run.out());
        server.query("rank --items 5");
        assertEquals("-1 0 k=1 flags=0 5", server.heard().take());
    }

    @Test
    void shouldSendTheColumnsOfAFile() throws Exception {
        Path file = write("rows.csv", "tags,price\na|b,1.5\n,\nc,-2\n");
        CommandRun run = server.query("rank --rows " + file);
        assertEquals(0, run.code(), run.err());
        assertEquals(
                "-1 0 k=3 flags=0 1 2 3"
                        + " TEXTStags=0100610000010063"
                        + " TEXTStags=01006200000000"
                        + " NUMBERSprice=000000000000f83f000000000000f87f00000000000000c0",
                server.heard().take());
    }

    @Test
    void shouldSayWhatIsWrongWithAFile() throws IOException {
        assertRefused("rows.csv", "price\n", "no candidates: file=");
        assertRefused("rows.csv", "price,tags\n1\n", "line=2, values=1, expected=2; correct it");
        assertRefused("rows.csv", "price\n1\nmuch\n", "line=3, name=price, text='much'");
        assertRefused("rows.tsv", "price\tcolour\n1\t2\n", "no such feature: file=");
        CommandRun none = server.query("rank --rows " + folder.resolve("none.csv"));
        assertEquals(1, none.code());
        assertTrue(none.err().contains("none.csv"), none.err());
        assertTrue(server.heard().isEmpty());
    }

    private void assertRefused(String name, String text, String message) throws IOException {
        CommandRun run = server.query("rank --rows " + write(name, text));
        assertEquals(1, run.code());
        assertTrue(run.err().contains(message), run.err());
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private static Catalogue catalogue() {
        return new Catalogue(
                1,
                1,
                1,
                4,
                List.of(),
                List.of(),
                List.of(),
                List.of(new Catalogue.ContextField("tab", 5)),
                List.of(
                        new Catalogue.Column("price", FormCode.NUMBERS, 1),
                        new Catalogue.Column("tags", FormCode.TEXTS, 3)),
                List.of());
    }

    private static String hear(Request request, Answer answer) {
        List<String> words = new ArrayList<>();
        words.add(String.valueOf(request.userId()));
        words.add(String.valueOf(request.timestampMs()));
        words.add("k=" + request.k());
        words.add("flags=" + request.flags());
        for (int i = 0; i < request.contextCount(); i++) {
            words.add("tab=" + request.contextCodes()[i]);
        }
        for (int i = 0; i < request.candidates().count(); i++) {
            words.add(String.valueOf(request.candidates().itemId(i)));
        }
        RequestColumns columns = request.candidates().columns();
        for (int i = 0; i < columns.count(); i++) {
            byte[] values = new byte[columns.valuesLength(i)];
            columns.bytes().getBytes(columns.valuesOffset(i), values);
            String name =
                    columns.bytes()
                            .getStringWithoutLengthAscii(
                                    columns.nameOffset(i), columns.nameLength(i));
            words.add(columns.form(i) + name + "=" + HexFormat.of().formatHex(values));
        }
        for (int i = 0; i < request.k(); i++) {
            answer.add(request.candidates().itemId(i), 0.5f, SourceCode.RANKED);
        }
        return String.join(" ", words);
    }
}
