package io.millrace.ranker.features;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.random.SplitRandom;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Tags with weights as they are declared, and as rows hold them. */
final class WeightedTagsTest {
    private static final long GOLDEN = 0x803f67fcb56b9690L;
    private static final int MOST = 3;
    private static final FeatureField ID = FeatureField.categorical(FeatureScope.ITEM, "id", 7);
    private static final FeatureField MOODS =
            FeatureField.weightedTags(FeatureScope.ITEM, "moods", 6, MOST);
    private static final FeatureField LENGTH =
            FeatureField.numeric(FeatureScope.ITEM, "length", 0, 1);
    private static final FeatureSchema SCHEMA =
            new FeatureSchema(
                    FeatureSchema.FORMAT,
                    "weighted",
                    0,
                    List.of(ID, MOODS, LENGTH),
                    Map.of("moods", new Vocabulary(List.of("calm", "dark", "loud", "slow"))));
    private static final RowLayout LAYOUT = SCHEMA.layout(FeatureScope.ITEM);

    @TempDir private Path folder;

    @Test
    void shouldKeepBytesAndFingerprintsWhenReadAndWritten() throws IOException, URISyntaxException {
        Path golden =
                Path.of(
                        Objects.requireNonNull(
                                        getClass().getResource("schema-1-weights.json"),
                                        "schema-1-weights.json among the test resources")
                                .toURI());
        FeatureSchema read = FeatureSchema.read(golden);
        Path again = folder.resolve("again.json");
        read.write(again);
        assertEquals(Files.readString(golden), Files.readString(again));
        assertEquals(GOLDEN, read.fingerprint());
        assertEquals(SCHEMA.fields(), read.fields());
        assertEquals(LAYOUT.fingerprint(), read.layout(FeatureScope.ITEM).fingerprint());
    }

    @Test
    void shouldPutSharesBehindTheIds() {
        assertEquals(1 + 2 * MOST, MOODS.slots());
        assertEquals(1 + 1 + 2 * MOST, LAYOUT.slotOf(LENGTH));
        FeatureField plain = FeatureField.tags(FeatureScope.ITEM, "moods", 6, MOST);
        assertNotEquals(
                new RowLayout(List.of(MOODS)).fingerprint(),
                new RowLayout(List.of(plain)).fingerprint());
        assertEquals(RawForm.WEIGHTED, RawForm.of(SCHEMA, MOODS));
        try (RowTable row = row(new int[] {5, 4}, 6, 2)) {
            assertTags(row, new int[] {5, 4}, 0.75f, 0.25f);
            assertTrue(Float.isNaN(row.segment().get(RowLayout.FLOAT, 4L * LAYOUT.slotOf(LENGTH))));
        }
    }

    @Test
    void shouldLeaveOutWhatWeighsNothing() {
        try (RowTable row = row(new int[] {2, 3, 4}, 0, 5, 0)) {
            assertTags(row, new int[] {3}, 1);
        }
        try (RowTable row = row(new int[] {2, 3}, 0, 0)) {
            assertTags(row, new int[0]);
        }
        try (RowTable row = row(new int[0])) {
            assertTags(row, new int[0]);
        }
    }

    @Test
    void shouldAddUpToOneWhateverTheWeights() {
        SplitRandom random = new SplitRandom(8);
        for (int round = 0; round < 2_000; round++) {
            float[] weights = new float[1 + random.nextInt(MOST)];
            double sum = 0;
            for (int i = 0; i < weights.length; i++) {
                // From denormals to what does not fit twice into a float.
                weights[i] = (float) (3.4e38 * Math.pow(10, -84 * random.nextDouble()));
                sum += weights[i];
            }
            int[] ids = new int[weights.length];
            Arrays.setAll(ids, i -> FeatureField.FIRST + i);
            if (sum == 0) {
                continue;
            }
            try (RowTable row = row(ids, weights)) {
                double shares = 0;
                int count = row.segment().get(RowLayout.INT, at());
                for (int i = 0; i < count; i++) {
                    shares += WeightedTags.share(MOODS, i, row.segment(), at());
                }
                assertEquals(1, shares, 1e-6, Arrays.toString(weights));
                assertEquals(-1, LAYOUT.firstBadField(row.segment(), 0), Arrays.toString(weights));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(floats = {-1, -Float.MIN_VALUE, Float.NaN, Float.POSITIVE_INFINITY})
    void shouldRefuseWeightsThatAreNone(float weight) {
        MillraceException e =
                assertThrows(
                        MillraceException.class, () -> row(new int[] {2, 3}, 1, weight).close());
        assertEquals(ErrorCode.BAD_INPUT, e.code());
        assertTrue(
                e.getMessage().contains("field=moods, weight=" + Float.toString(weight)),
                e.getMessage());
    }

    @Test
    void shouldRefuseTagsThatAreTooManyUnknownOrWithoutWeights() {
        assertBad(() -> row(new int[] {2, 3, 4, 5}, 1, 1, 1, 1).close(), "count=4, limit=3");
        assertBad(() -> row(new int[] {6}, 1).close(), "field=moods, id=6");
        try (RowTable.Builder rows = RowTable.builder(LAYOUT, 1)) {
            rows.append(9);
            assertBad(() -> rows.values(MOODS, new int[] {2}, 0, 1), "field=moods, id=9");
        }
    }

    @Test
    void shouldKeepNothingOfMoreTagsWhenSetAgain() {
        try (RowTable.Builder rows = RowTable.builder(LAYOUT, 1)) {
            rows.append(9);
            rows.weightedTags(MOODS, new int[] {2, 3, 4}, new float[] {1, 1, 1});
            rows.weightedTags(MOODS, new int[] {5}, new float[] {9});
            try (RowTable row = rows.build()) {
                assertTags(row, new int[] {5}, 1);
            }
        }
    }

    /** Each is what a flipped bit may leave in a file, or a writer of another make. */
    @ParameterizedTest
    @ValueSource(floats = {0.2501f, -0.25f, Float.NaN, 1})
    void shouldNotReadSharesThatAreNone(float share) {
        try (RowTable row = row(new int[] {5, 4}, 6, 2)) {
            MemorySegment copy = Arena.ofAuto().allocate(LAYOUT.rowBytes(), 64);
            copy.copyFrom(row.segment());
            assertEquals(-1, LAYOUT.firstBadField(copy, 0));
            copy.set(RowLayout.FLOAT, at() + 4L * (1 + MOST + 1), share);
            assertEquals(1, LAYOUT.firstBadField(copy, 0));
            try (RowTable.Builder rows = RowTable.builder(LAYOUT, 1)) {
                rows.append(3);
                assertBad(() -> rows.copyOf(copy, 0), "field=moods, id=3");
            }
        }
    }

    @Test
    void shouldCopyRowsBitForBit() {
        // A third is rounded; made of shares anew it would not be the same each time.
        try (RowTable row = row(new int[] {2, 3, 4}, 1, 1.1f, 0.9f);
                RowTable.Builder rows = RowTable.builder(LAYOUT, 1)) {
            rows.append(0);
            rows.append(1);
            rows.copyOf(row.segment(), 0);
            try (RowTable copy = rows.build()) {
                long rowBytes = LAYOUT.rowBytes();
                assertEquals(
                        -1, copy.segment().asSlice(rowBytes, rowBytes).mismatch(row.segment()));
            }
        }
    }

    private static long at() {
        return 4L * LAYOUT.slotOf(MOODS);
    }

    private static RowTable row(int[] tags, float... weights) {
        try (RowTable.Builder rows = RowTable.builder(LAYOUT, 1)) {
            rows.append(9);
            rows.weightedTags(MOODS, tags, weights);
            return rows.build();
        }
    }

    private static void assertTags(RowTable row, int[] ids, float... shares) {
        MemorySegment segment = row.segment();
        int[] held = new int[1 + MOST];
        float[] heldShares = new float[MOST];
        for (int i = 0; i <= MOST; i++) {
            held[i] = segment.get(RowLayout.INT, at() + 4L * i);
        }
        for (int i = 0; i < MOST; i++) {
            heldShares[i] = WeightedTags.share(MOODS, i, segment, at());
        }
        int[] expected = new int[1 + MOST];
        expected[0] = ids.length;
        System.arraycopy(ids, 0, expected, 1, ids.length);
        assertArrayEquals(expected, held);
        assertArrayEquals(Arrays.copyOf(shares, MOST), heldShares);
        assertEquals(-1, LAYOUT.firstBadField(segment, 0));
    }

    private static void assertBad(Runnable action, String expected) {
        MillraceException e = assertThrows(MillraceException.class, action::run);
        assertEquals(ErrorCode.BAD_INPUT, e.code());
        assertTrue(e.getMessage().contains(expected), e.getMessage());
    }
}
