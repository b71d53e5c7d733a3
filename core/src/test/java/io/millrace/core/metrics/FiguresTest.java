package io.millrace.core.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import io.millrace.core.error.MillraceException;
import io.millrace.core.json.Json;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;

final class FiguresTest {
    @TempDir private Path folder;

    @Test
    void shouldWriteNumbersAsNumbersAndNoNumberAsNull() throws Exception {
        Path path = folder.resolve("figures.json");
        new Figures()
                .put("items", 3_000_000_000L)
                .put("recall", 0.95)
                .put("nothing", Double.NaN)
                .put("name", "a \"b\"")
                .put("list", new float[] {0.1f, Float.NaN})
                .put(
                        "runs",
                        List.of(new Figures().put("ef", 16).put("qps", Double.POSITIVE_INFINITY)))
                .write(path);
        JsonNode json = Json.mapper().readTree(path.toFile());
        assertEquals(3_000_000_000L, json.get("items").longValue());
        assertEquals(0.95, json.get("recall").doubleValue());
        assertTrue(json.get("nothing").isNull());
        assertEquals("a \"b\"", json.get("name").textValue());
        assertEquals("[0.1,null]", json.get("list").toString());
        assertEquals(16, json.get("runs").get(0).get("ef").intValue());
        assertTrue(json.get("runs").get(0).get("qps").isNull());
    }

    @Test
    void shouldKeepTheOrderAndOverwriteWhenMerged() {
        Figures figures =
                new Figures().put("b", 1).put("a", 2).putAll(new Figures().put("b", 3).put("c", 4));
        assertEquals(List.of("b", "a", "c"), figures.keys());
        assertEquals(3, figures.number("b"));
        assertTrue(figures.has("c"));
        assertThrows(MillraceException.class, () -> figures.number("none"));
    }
}
