package io.millrace.ranker.retrieval;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.file.SectionFileWriter;
import io.millrace.core.random.SplitRandom;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureSchema;
import io.millrace.ranker.features.FeatureScope;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

final class BlendTest {
    private static final int ITEMS = 300;
    private static final int TOWER = 5;
    private static final int FACTORS = 19;
    private static final FeatureSchema SCHEMA = schema("one");
    private static final float[] TOWERS = gaussians(ITEMS * TOWER, 1, 0.7f, 0.2f);
    private static final float[] HISTORY = gaussians(ITEMS * FACTORS, 2, 0, 0.01f);
    private static final float[] TREND = gaussians(ITEMS, 3, 0, 1);

    @TempDir private Path folder;

    /** By the scores of all items, of which the blend never sees any. */
    @Test
    void shouldAddStandardisedScoresWhenUserAndItemAreMultiplied() {
        Blend blend = blend().withScales(0.3f, 17);
        for (int user = 0; user < 20; user++) {
            float[] tower = gaussians(TOWER, 10 + user, 0, 0.5f);
            float[] factors = gaussians(FACTORS, 40 + user, 0, 2);
            double[] expected = new double[ITEMS];
            addStandardised(tower, TOWERS, expected);
            addStandardised(factors, HISTORY, expected);
            assertOrderedBy(expected, blend, tower, factors);
        }
    }

    @Test
    void shouldSayWhatOneOfThemSaysWhenTheOtherHasNothingToSay() {
        float[] tower = gaussians(TOWER, 5, 0, 1);
        double[] byTower = new double[ITEMS];
        addStandardised(tower, TOWERS, byTower);
        assertOrderedBy(byTower, blend(), tower, new float[FACTORS]);
        float[] factors = gaussians(FACTORS, 6, 0, 1);
        double[] byHistory = new double[ITEMS];
        addStandardised(factors, HISTORY, byHistory);
        assertOrderedBy(byHistory, blend(), new float[TOWER], factors);
    }

    @Test
    void shouldBeZeroWhenNothingIsKnownOfTheUser() {
        Blend blend = blend();
        float[] vector = new float[blend.dimension()];
        Arrays.fill(vector, 9);
        blend.userInto(new float[TOWER], new float[FACTORS], vector);
        assertArrayEquals(new float[TOWER + FACTORS + 1], vector);
    }

    /** All items have the same vector: no score of the towers tells one from another. */
    @Test
    void shouldLeaveOutWhatTellsNoItemFromAnother() {
        float[] same = new float[ITEMS * TOWER];
        Arrays.fill(same, 0.5f);
        Blend blend = Blend.of(same, TOWER, HISTORY, FACTORS);
        float[] vector = new float[blend.dimension()];
        blend.userInto(gaussians(TOWER, 5, 0, 1), gaussians(FACTORS, 6, 0, 1), vector);
        for (int i = 0; i < TOWER; i++) {
            assertTrue(vector[i] == 0, "component=" + i);
        }
        assertEquals(1, vector[TOWER + FACTORS]);
    }

    @Test
    void shouldJoinAlikeWhenReadAgain() {
        Path file = folder.resolve("blend.weights");
        Blend written = blend().withScales(0.25f, 3);
        written.save(file, SCHEMA);
        Blend read = Blend.load(file, SCHEMA);
        float[] tower = gaussians(TOWER, 5, 0, 1);
        float[] factors = gaussians(FACTORS, 6, 0, 1);
        assertArrayEquals(user(written, tower, factors), user(read, tower, factors));
        assertArrayEquals(item(written, 7), item(read, 7));
    }

    @Test
    void shouldRefuseAFileThatMakesNoSense() {
        Path file = folder.resolve("blend.weights");
        blend().save(file, schema("another"));
        assertRefused(ErrorCode.MISMATCH, "blend of another schema: file=");
        write(file, new int[] {2}, new float[] {1, 1}, new float[4]);
        assertRefused(ErrorCode.CORRUPT_FILE, "sizes=[2]");
        write(file, new int[] {0, 2}, new float[] {1, 1}, new float[4]);
        assertRefused(ErrorCode.CORRUPT_FILE, "sizes=[0, 2]");
        write(file, new int[] {2, 1 << 20}, new float[] {1, 1}, new float[4]);
        assertRefused(ErrorCode.CORRUPT_FILE, "section=factors, dimension=1048576, length=4 bytes");
        write(file, new int[] {3, 1}, new float[] {1, 1}, new float[4]);
        assertRefused(ErrorCode.CORRUPT_FILE, "section=towers, dimension=3, length=16 bytes");
        write(file, new int[] {2, 1}, new float[] {1, 0}, new float[4]);
        assertRefused(ErrorCode.CORRUPT_FILE, "scales=[1.0, 0.0]");
        write(file, new int[] {2, 1}, new float[] {1, 1}, new float[] {1, 0, 0, Float.NaN});
        assertRefused(ErrorCode.CORRUPT_FILE, "tensor=towers, index=3");
    }

    @Test
    void shouldRefuseScalesThatAreNone() {
        for (float scale : new float[] {0, -1, Float.NaN, Float.POSITIVE_INFINITY}) {
            MillraceException e =
                    assertThrows(MillraceException.class, () -> blend().withScales(1, scale));
            assertEquals(ErrorCode.BAD_INPUT, e.code());
            assertTrue(e.getMessage().contains("factors=" + scale), e.getMessage());
        }
    }

    private void assertRefused(ErrorCode code, String part) {
        Path file = folder.resolve("blend.weights");
        MillraceException e = assertThrows(MillraceException.class, () -> Blend.load(file, SCHEMA));
        assertEquals(code, e.code(), e.getMessage());
        assertTrue(e.getMessage().contains(part), e.getMessage());
        assertEquals(1, e.getMessage().lines().count());
    }

    private static void write(Path file, int[] shape, float[] scales, float[] towers) {
        try (SectionFileWriter writer = SectionFileWriter.create(file, "BLEND", 1)) {
            writer.ints("shape", shape)
                    .longs("schema", new long[] {SCHEMA.fingerprint()})
                    .floats("scales", scales)
                    .floats("towers", towers)
                    .floats("factors", new float[1])
                    .commit();
        }
    }

    /** Products differ from the sums by the same number for all items: the means left out. */
    private static void assertOrderedBy(
            double[] ofModels, Blend blend, float[] tower, float[] factors) {
        float[] user = user(blend, tower, factors);
        double shift = 0;
        for (int ordinal = 0; ordinal < ITEMS; ordinal++) {
            double expected = ofModels[ordinal] + 0.3 * TREND[ordinal];
            double actual = dot(user, item(blend, ordinal), 0, user.length);
            if (ordinal == 0) {
                shift = actual - expected;
            }
            assertEquals(expected + shift, actual, 1e-3, "item=" + ordinal);
        }
    }

    private static Blend blend() {
        return Blend.of(TOWERS, TOWER, HISTORY, FACTORS);
    }

    private static float[] user(Blend blend, float[] tower, float[] factors) {
        float[] vector = new float[blend.dimension()];
        blend.userInto(tower, factors, vector);
        return vector;
    }

    private static float[] item(Blend blend, int ordinal) {
        float[] vector = new float[blend.dimension()];
        blend.itemInto(
                Arrays.copyOfRange(TOWERS, ordinal * TOWER, (ordinal + 1) * TOWER),
                Arrays.copyOfRange(HISTORY, ordinal * FACTORS, (ordinal + 1) * FACTORS),
                TREND[ordinal],
                vector);
        return vector;
    }

    private static void addStandardised(float[] query, float[] vectors, double[] sums) {
        double[] scores = new double[ITEMS];
        double mean = 0;
        for (int ordinal = 0; ordinal < ITEMS; ordinal++) {
            scores[ordinal] = dot(query, vectors, ordinal * query.length, query.length);
            mean += scores[ordinal] / ITEMS;
        }
        double variance = 0;
        for (double score : scores) {
            variance += (score - mean) * (score - mean) / ITEMS;
        }
        for (int ordinal = 0; ordinal < ITEMS; ordinal++) {
            sums[ordinal] += (scores[ordinal] - mean) / Math.sqrt(variance);
        }
    }

    private static double dot(float[] query, float[] vectors, int at, int length) {
        double sum = 0;
        for (int i = 0; i < length; i++) {
            sum += (double) query[i] * vectors[at + i];
        }
        return sum;
    }

    private static float[] gaussians(int count, long seed, float mean, float deviation) {
        SplitRandom random = new SplitRandom(seed);
        float[] numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = mean + deviation * (float) random.nextGaussian();
        }
        return numbers;
    }

    private static FeatureSchema schema(String field) {
        return new FeatureSchema(
                FeatureSchema.FORMAT,
                "blend",
                0,
                List.of(FeatureField.categorical(FeatureScope.ITEM, field, 6)),
                Map.of());
    }
}
