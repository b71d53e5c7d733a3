package io.millrace.ranker.features;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.MillraceException;
import io.millrace.ranker.AllocationProbe;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Map;

final class CrossedFieldTest {
    private static final long NOON_MS = 12 * 3_600_000L;
    private static final int CITIES = 40;
    private static final int AGES = 30;
    private static final FeatureField CITY =
            FeatureField.categorical(FeatureScope.USER, "city", CITIES);
    private static final FeatureField AGE =
            FeatureField.categorical(FeatureScope.USER, "age", AGES);
    private static final FeatureField CITY_AGE =
            FeatureField.crossed(FeatureScope.USER, "city_age", List.of("city", "age"), 1_000);

    /** The crossed field stands before its parts: the order of fields does not matter. */
    private static final FeatureSchema SCHEMA =
            new FeatureSchema(
                    FeatureSchema.FORMAT,
                    "crossed",
                    0,
                    List.of(
                            CITY_AGE,
                            CITY,
                            AGE,
                            FeatureField.context("hour", 24, ContextSource.HOUR_OF_DAY, -1),
                            FeatureField.context("tab", 5, ContextSource.REQUEST, 1),
                            FeatureField.crossed(
                                    FeatureScope.CONTEXT, "hour_tab", List.of("hour", "tab"), 500)),
                    Map.of());

    /**
     * mix64(mix64(0 + step + 3) + step + 7) modulo 1,000, after the two reserved ids, worked out by
     * another program.
     */
    private static final int GOLDEN_ID = 903;

    private static final RowLayout USERS = SCHEMA.layout(FeatureScope.USER);

    @TempDir private Path folder;

    @Test
    void shouldSpreadCombinationsOverTheTable() {
        BitSet taken = new BitSet();
        for (int city = 0; city < CITIES; city++) {
            for (int age = 0; age < AGES; age++) {
                if (city + age > 0) {
                    taken.set(crossedId(city, age));
                }
            }
        }
        assertFalse(taken.get(FeatureField.MISSING) || taken.get(FeatureField.UNSEEN));
        // 1,199 balls in 1,000 bins take 1000 * (1 - e^-1.199) = 698 of them, give or take 13.
        assertTrue(taken.cardinality() > 650 && taken.cardinality() < 750, taken.toString());
        assertEquals(GOLDEN_ID, crossedId(3, 7), "ids are part of the format");
        assertNotEquals(crossedId(7, 3), crossedId(3, 7));
    }

    @Test
    void shouldBeMissingWhenAllPartsAre() {
        assertEquals(FeatureField.MISSING, crossedId(FeatureField.MISSING, FeatureField.MISSING));
        assertTrue(crossedId(FeatureField.MISSING, 5) >= FeatureField.FIRST);
        MemorySegment row = Arena.ofAuto().allocate(USERS.rowBytes());
        USERS.clear(row, 0);
        assertEquals(-1, USERS.firstBadField(row, 0), "a row of nothing is whole");
    }

    /** Whoever changes a part and forgets the cross is told so. */
    @Test
    void shouldFindTheCrossThatDoesNotFollow() {
        try (RowTable.Builder rows = RowTable.builder(USERS, 1)) {
            rows.append(9);
            rows.category(CITY, 3).category(AGE, 7);
            try (RowTable table = rows.build()) {
                MemorySegment row = table.segment();
                assertEquals(GOLDEN_ID, row.get(RowLayout.INT, 4L * USERS.slotOf(CITY_AGE)));
                row.set(RowLayout.INT, 4L * USERS.slotOf(AGE), 8);
                assertEquals(USERS.fields().indexOf(CITY_AGE), USERS.firstBadField(row, 0));
                USERS.cross(row, 0);
                assertEquals(-1, USERS.firstBadField(row, 0));
            }
        }
    }

    @Test
    void shouldCrossTheContextWhateverTheRequestSays() {
        ContextEncoder encoder = new ContextEncoder(SCHEMA);
        RowLayout layout = SCHEMA.layout(FeatureScope.CONTEXT);
        MemorySegment row = Arena.ofAuto().allocate(layout.rowBytes());
        encoder.encodeInto(NOON_MS, new int[] {1}, new int[] {4}, 1, row, 0);
        assertEquals(-1, layout.firstBadField(row, 0));
        int named = row.get(RowLayout.INT, 8);
        encoder.encodeInto(NOON_MS, new int[] {1, 2}, new int[] {4, 77}, 2, row, 0);
        assertEquals(named, row.get(RowLayout.INT, 8));
        encoder.encodeInto(NOON_MS, new int[0], new int[0], 0, row, 0);
        assertEquals(-1, layout.firstBadField(row, 0));
        assertNotEquals(named, row.get(RowLayout.INT, 8), "another tab");
    }

    @Test
    void shouldAllocateNothingWhenCrossed() {
        MemorySegment row = Arena.ofAuto().allocate(USERS.rowBytes());
        assertEquals(0, AllocationProbe.leastBytes(2_000, () -> USERS.cross(row, 0)));
    }

    /** Each line replaces a part of the good file and names what the message must contain. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[ \"city\", \"age\" ] | [ \"city\" ] | field=city_age, encoding=CROSSED",
                "[ \"city\", \"age\" ] | [ \"city\", \"aeg\" ] | field=city_age, scope=USER,"
                        + " crossOf=aeg",
                "[ \"city\", \"age\" ] | [ \"city\", \"tab\" ] | crossOf=tab",
                "[ \"city\", \"age\" ] | [ \"city\", \"city_age\" ] | crossOf=city_age",
                "\"CROSSED\" | \"PLAIN\" | encoding=PLAIN, crossOf=[city, age], limit=0",
                "\"cardinality\" : 1002 | \"cardinality\" : 2 | cardinality=2, least=3",
            })
    void shouldSayWhatIsWrongWhenTheFileIsBad(String from, String to, String expected)
            throws IOException {
        Path path = folder.resolve("schema.json");
        SCHEMA.write(path);
        assertEquals(SCHEMA.fields(), FeatureSchema.read(path).fields());
        String good = Files.readString(path);
        assertTrue(good.contains(from), good);
        Files.writeString(path, good.replace(from, to));
        MillraceException e = assertThrows(MillraceException.class, () -> FeatureSchema.read(path));
        assertTrue(e.getMessage().contains(expected), e.getMessage());
    }

    private static int crossedId(int city, int age) {
        MemorySegment row = Arena.ofAuto().allocate(USERS.rowBytes());
        row.set(RowLayout.INT, 4L * USERS.slotOf(CITY), city);
        row.set(RowLayout.INT, 4L * USERS.slotOf(AGE), age);
        USERS.cross(row, 0);
        return row.get(RowLayout.INT, 4L * USERS.slotOf(CITY_AGE));
    }
}
