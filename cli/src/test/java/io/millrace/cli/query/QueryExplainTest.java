package io.millrace.cli.query;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import io.millrace.cli.CommandRun;
import io.millrace.core.json.Json;
import io.millrace.core.wire.Status;
import io.millrace.core.wire.codec.FateCode;
import io.millrace.core.wire.codec.FieldScopeCode;
import io.millrace.core.wire.codec.ItemStateCode;
import io.millrace.core.wire.codec.ReasonCode;
import io.millrace.core.wire.codec.RetrieverCode;
import io.millrace.core.wire.codec.SlotCode;
import io.millrace.server.explain.ExplainedItem;
import io.millrace.server.explain.ExplainedItem.Ranking;
import io.millrace.server.explain.ExplainedItem.Retrieval;
import io.millrace.server.explain.ExplainedItem.Similarity;
import io.millrace.server.explain.ExplainedItem.Worth;
import io.millrace.server.explain.Explanation;
import io.millrace.server.funnel.Catalogue;
import io.millrace.server.request.Answer;
import io.millrace.server.request.Request;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What a command line wants explained, and how it is told. */
final class QueryExplainTest {
    private static final long WITHOUT_FEATURES = 99;

    private final ListeningServer server = new ListeningServer(catalogue(), QueryExplainTest::hear);

    @TempDir private Path folder;

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void shouldAskAsRecommendDoes() throws Exception {
        CommandRun run =
                server.query(
                        "explain --user 12 --items 7,-9 --k 5 --time-ms 1700 --context tab=3"
                                + " --exclude 4 --history 5,6 --replace-history --count-nearer");
        assertEquals(0, run.code(), run.err());
        assertEquals("12 1700 k=5 flags=8 true tab=3 x4 h5 h6 i7 i-9", server.heard().take());
        server.query("explain --user 12");
        assertEquals("12 0 k=10 flags=0 false", server.heard().take());
    }

    @Test
    void shouldPrintWhatBecameOfEachItem() {
        List<String> lines = server.query("explain --user 12 --items 7,-9").out().lines().toList();
        assertEquals(
                "item  place  ranked    score    value    click     like    light  retrieved"
                        + "       as  similarity  nearest  why",
                lines.get(0));
        assertEquals(
                "7         1       2  0.62500  0.75000  0.75000  0.12500  0.25000          3"
                        + "  0.50000     0.50000        -  answered, lifted as it is unlike what"
                        + " stands above",
                lines.get(1));
        assertEquals(
                "-9        -       -        -        -        -        -        -          -"
                        + "        -           -        -  not in the catalogue",
                lines.get(2));
        assertEquals("item  what its value hangs on most", lines.get(4));
        assertEquals("7     creator -0.25000, age +0.12500", lines.get(5));
        assertEquals("-9    -", lines.get(6));
        assertTrue(
                lines.get(8)
                        .matches(
                                "retrieved 4, not seen, excluded or filtered out 3, ranked 2,"
                                    + " answered 1, explained in .*, reason cold_start; --time-ms"
                                    + " 1700"),
                lines.get(8));
    }

    @Test
    void shouldWriteFiguresWithoutWhatIsNotKnown() throws Exception {
        Path file = folder.resolve("figures.json");
        CommandRun run = server.query("explain --user 12 --items 7,-9 --json " + file);
        assertEquals(0, run.code(), run.err());
        JsonNode figures = Json.mapper().readTree(Files.readString(file));
        assertEquals("ok", figures.get("status").asText());
        assertEquals(3, figures.get("candidates").asInt());
        JsonNode first = figures.get("items").get(0);
        assertEquals("answered", first.get("fate").asText());
        assertEquals(0.625, first.get("score").asDouble());
        assertEquals("like", first.get("heads").get(1).get("name").asText());
        assertEquals(-0.25, first.get("fields").get(1).get("contribution").asDouble());
        JsonNode second = figures.get("items").get(1);
        assertEquals("unknown", second.get("state").asText());
        assertTrue(!second.has("score") && !second.has("similarity"), second.toString());
    }

    @Test
    void shouldSayWhyItIsRefused() {
        CommandRun run = server.query("explain --user " + WITHOUT_FEATURES);
        assertEquals(1, run.code());
        assertTrue(run.err().contains("status=BAD_REQUEST, message=not explained"), run.err());
        CommandRun many = server.query("explain --user 1 --items 1" + ",2".repeat(16));
        assertTrue(many.err().contains("too many items to explain: --items=17"), many.err());
        CommandRun none = server.query("explain --user 1 --k 0");
        assertTrue(none.err().contains("out of range: --k=0"), none.err());
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
                List.of(),
                List.of());
    }

    private static String hear(Request request, Answer answer) {
        StringBuilder words = new StringBuilder();
        words.append(request.userId()).append(' ').append(request.timestampMs());
        words.append(" k=").append(request.k()).append(" flags=").append(request.flags());
        words.append(' ').append(request.events().isReplacing());
        for (int i = 0; i < request.contextCount(); i++) {
            words.append(" tab=").append(request.contextCodes()[i]);
        }
        for (int i = 0; i < request.excludedCount(); i++) {
            words.append(" x").append(request.excluded()[i]);
        }
        for (int i = 0; i < request.events().count(); i++) {
            words.append(" h").append(request.events().itemId(i));
        }
        for (int i = 0; i < request.candidates().count(); i++) {
            words.append(" i").append(request.candidates().itemId(i));
        }
        if (request.userId() == WITHOUT_FEATURES) {
            answer.fail(Status.BAD_REQUEST, "not explained");
        } else {
            answer.explain(explanation());
        }
        return words.toString();
    }

    private static Explanation explanation() {
        ExplainedItem answered =
                new ExplainedItem(
                        7,
                        ItemStateCode.BUNDLED,
                        FateCode.ANSWERED,
                        false,
                        false,
                        false,
                        new Similarity(0.5f, 0),
                        new Retrieval(RetrieverCode.INDEX, 3, 0.5f),
                        new Worth(
                                0.25f,
                                0.75f,
                                new float[] {0.75f, 0.125f},
                                new float[] {0.125f, -0.25f, 0}),
                        new Ranking(0.625f, 2, 1, SlotCode.DIVERSITY));
        ExplainedItem unknown =
                new ExplainedItem(
                        -9,
                        ItemStateCode.UNKNOWN,
                        FateCode.UNKNOWN,
                        false,
                        false,
                        false,
                        new Similarity(Float.NaN, 0),
                        new Retrieval(RetrieverCode.NONE, 0, Float.NaN),
                        Worth.UNKNOWN,
                        new Ranking(Float.NaN, 0, 0, SlotCode.NONE));
        return new Explanation(
                1_700,
                4,
                3,
                2,
                1,
                0,
                ReasonCode.COLD_START,
                List.of("click", "like"),
                List.of(
                        new Explanation.Field(FieldScopeCode.USER, "age"),
                        new Explanation.Field(FieldScopeCode.ITEM, "creator"),
                        new Explanation.Field(FieldScopeCode.CONTEXT, "tab")),
                List.of(answered, unknown));
    }
}
