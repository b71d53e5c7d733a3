package io.millrace.core.json;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

final class JsonTest {
    record Limits(String name, int limit) {
        Limits {
            if (limit < 0) {
                throw MillraceException.badInput("limit below zero: limit=%d; raise limit", limit);
            }
        }
    }

    @TempDir private Path folder;

    @Test
    void shouldReadBackWhatWasWritten() {
        Path path = folder.resolve("sub/limits.json");
        Json.writeAtomically(path, new Limits("a", 3));
        assertEquals(new Limits("a", 3), Json.read(path, Limits.class));
    }

    @Test
    void shouldWriteTheSameBytesWhenMapsDifferInOrder() throws IOException {
        Map<String, Integer> many = new HashMap<>();
        for (int i = 100; i > 0; i--) {
            many.put("key" + i, i);
        }
        Json.writeAtomically(folder.resolve("a"), many);
        Json.writeAtomically(folder.resolve("b"), new java.util.TreeMap<>(many));
        assertArrayEquals(
                Files.readAllBytes(folder.resolve("a")), Files.readAllBytes(folder.resolve("b")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"name\": \"a\", \"limit\": 1, \"limti\": 2} | limti",
                "{\"name\": \"a\", \"limit\": 1, \"limit\": 2} | limit",
                "{\"name\": \"a\"} | limit",
                "{\"name\": \"a\", \"limit\": null} | limit",
                "{\"name\": \"a\", \"limit\": 1} {} | line=1",
                "{\"name\": \"a\", \"limit\": 1 | line=",
                "null | empty json",
                "{\"name\": \"a\", \"limit\": -1} | raise limit",
                "not json | line=1",
            })
    void shouldNameFileAndFaultWhenBroken(String text, String expected) throws IOException {
        Path path = Files.writeString(folder.resolve("broken.json"), text);
        MillraceException e =
                assertThrows(MillraceException.class, () -> Json.read(path, Limits.class));
        assertEquals(ErrorCode.BAD_INPUT, e.code());
        assertTrue(e.getMessage().contains(expected), e.getMessage());
        assertTrue(e.getMessage().contains(path.toString()), e.getMessage());
        assertEquals(1, e.getMessage().lines().count(), e.getMessage());
    }

    @Test
    void shouldSayNotFoundWhenMissing() {
        MillraceException e =
                assertThrows(
                        MillraceException.class,
                        () -> Json.read(folder.resolve("none"), Limits.class));
        assertEquals(ErrorCode.NOT_FOUND, e.code());
    }
}
