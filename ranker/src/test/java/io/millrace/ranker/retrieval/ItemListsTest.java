package io.millrace.ranker.retrieval;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.file.SectionFileWriter;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;

final class ItemListsTest {
    static final int ITEMS = 8;
    static final int[][] LISTED = {{7, 2}, {}, {0}};
    static final float[][] SCORES = {{0.5f, 0.25f}, {}, {0.125f}};
    static final FeatureSchema SCHEMA = schema("lists");

    @TempDir private Path folder;

    private static FeatureSchema schema(String name) {
        FeatureField watched = FeatureField.itemSequence("watched", ITEMS + 2, 4);
        FeatureField id =
                FeatureField.categorical(
                        FeatureScope.ITEM, "id", ITEMS + 2, FeatureField.ITEM_TABLE);
        return new FeatureSchema(FeatureSchema.FORMAT, name, 0, List.of(watched, id), Map.of());
    }

    @Test
    void shouldWriteAndReadTheGoldenFile() throws IOException, URISyntaxException {
        Path golden =
                Path.of(
                        Objects.requireNonNull(
                                        getClass().getResource("lists-1.section"),
                                        "lists-1.section among the test resources")
                                .toURI());
        Path path = folder.resolve("lists");
        try (ItemLists lists = ItemLists.of(ITEMS, LISTED, SCORES)) {
            assertHolds(lists);
            lists.save(path, SCHEMA);
        }
        assertArrayEquals(Files.readAllBytes(golden), Files.readAllBytes(path));
        try (ItemLists lists = ItemLists.load(golden, SCHEMA, ITEMS)) {
            assertHolds(lists);
        }
    }

    private static void assertHolds(ItemLists lists) {
        assertEquals(ITEMS, lists.itemCount());
        assertEquals(LISTED.length, lists.count());
        for (int list = 0; list < LISTED.length; list++) {
            assertEquals(LISTED[list].length, lists.length(list));
            for (int i = 0; i < LISTED[list].length; i++) {
                assertEquals(LISTED[list][i], lists.item(list, i));
                assertEquals(SCORES[list][i], lists.score(list, i));
            }
        }
    }

    @Test
    void shouldRefuseListsOfAnotherSchemaOrOfOtherItems() {
        Path path = folder.resolve("lists");
        ItemLists.of(ITEMS, LISTED, SCORES).save(path, SCHEMA);
        MillraceException other =
                assertThrows(
                        MillraceException.class,
                        () -> ItemLists.load(path, schema("other"), ITEMS).close());
        assertEquals(ErrorCode.MISMATCH, other.code());
        MillraceException more =
                assertThrows(
                        MillraceException.class,
                        () -> ItemLists.load(path, SCHEMA, ITEMS + 1).close());
        assertEquals(ErrorCode.MISMATCH, more.code());
        assertTrue(more.getMessage().contains("items=8, expected=9"), more.getMessage());
    }

    /** Numbers of one section of the good file, and what the message must contain. */
    @ParameterizedTest
    @CsvSource({
        "shape, 8 4, starts=4",
        "shape, 8, starts=4",
        "starts, 1 2 2 3, entries=3",
        "starts, 0 2 2 4, entries=4",
        "starts, 0 3 2 3, list=1",
        "starts, 0 9 2 3, list=0",
        "items, 7 8 0, 'list=0, index=1, item=8'",
        "items, -1 2 0, item=-1",
        "scores, 0.25 0.5 0.125, 'list=0, index=1, item=2, score=0.5'",
        "scores, 0.5 0.25 0, 'list=2, index=0, item=0, score=0.0'",
        "scores, 0.5 0.25 -1, score=-1.0",
        "scores, 0.5 NaN 1, score=NaN",
        "scores, Infinity 0.25 1, score=Infinity",
    })
    void shouldRefuseListsThatCannotBe(String section, String numbers, String expected) {
        Path path = folder.resolve("bad");
        try (SectionFileWriter writer = SectionFileWriter.create(path, "LISTS", 1)) {
            writer.ints("shape", ints(section.equals("shape") ? numbers : "8 3"))
                    .longs("schema", new long[] {SCHEMA.fingerprint()})
                    .longs(
                            "starts",
                            Arrays.stream(ints(section.equals("starts") ? numbers : "0 2 2 3"))
                                    .asLongStream()
                                    .toArray())
                    .ints("items", ints(section.equals("items") ? numbers : "7 2 0"))
                    .floats("scores", floats(section.equals("scores") ? numbers : "0.5 0.25 0.125"))
                    .commit();
        }
        MillraceException e =
                assertThrows(
                        MillraceException.class, () -> ItemLists.load(path, SCHEMA, ITEMS).close());
        assertEquals(ErrorCode.CORRUPT_FILE, e.code());
        assertTrue(e.getMessage().contains(expected), e.getMessage());
    }

    private static int[] ints(String numbers) {
        return Arrays.stream(numbers.split(" ", -1)).mapToInt(Integer::parseInt).toArray();
    }

    private static float[] floats(String numbers) {
        String[] texts = numbers.split(" ", -1);
        float[] floats = new float[texts.length];
        for (int i = 0; i < texts.length; i++) {
            floats[i] = Float.parseFloat(texts[i]);
        }
        return floats;
    }
}
