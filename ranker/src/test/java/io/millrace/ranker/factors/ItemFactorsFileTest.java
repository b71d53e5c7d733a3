package io.millrace.ranker.factors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.file.SectionFileWriter;
import io.millrace.ranker.features.RowTable;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

final class ItemFactorsFileTest {
    private static final FactorSettings SETTINGS = new FactorSettings(5, 0.25f, 0.02f, 0.5f);
    private static final int NUMBERS = FactorWorld.ITEMS * SETTINGS.dimension();
    private static final float[] FLOATS = {0.25f, 0.02f, 0.5f};

    @TempDir private Path folder;
    private Path file = Path.of("");

    @BeforeEach
    void nameFile() {
        file = folder.resolve("factors.weights");
    }

    @Test
    void shouldFindTheSameUsersWhenReadAgain() {
        float[] vectors = FactorWorld.gaussians(NUMBERS, 3);
        ItemFactors written = new ItemFactors(SETTINGS, vectors);
        written.save(file, FactorWorld.SCHEMA);
        ItemFactors read = ItemFactors.load(file, FactorWorld.SCHEMA);
        assertEquals(SETTINGS, read.settings());
        assertEquals(FactorWorld.ITEMS, read.count());
        float[] row = new float[SETTINGS.dimension()];
        for (int item = 0; item < FactorWorld.ITEMS; item++) {
            read.vectorInto(item, row);
            for (int i = 0; i < row.length; i++) {
                assertEquals(vectors[item * row.length + i], row[i]);
            }
        }
        try (RowTable user = FactorWorld.user(new int[] {4, 8, 15}, new int[] {8})) {
            assertArrayEquals(embed(written, user), embed(read, user));
        }
    }

    /** As the first version wrote it. */
    @Test
    void shouldWriteAndReadTheGoldenFile() throws IOException, URISyntaxException {
        Path golden =
                Path.of(
                        Objects.requireNonNull(
                                        getClass().getResource("factors-1.section"),
                                        "factors-1.section among the test resources")
                                .toURI());
        float[] vectors = FactorWorld.gaussians(NUMBERS, 3);
        new ItemFactors(SETTINGS, vectors).save(file, FactorWorld.SCHEMA);
        assertArrayEquals(Files.readAllBytes(golden), Files.readAllBytes(file));
        ItemFactors read = ItemFactors.load(golden, FactorWorld.SCHEMA);
        assertEquals(SETTINGS, read.settings());
        assertArrayEquals(vectors, read.vectors());
    }

    /** The parts of the file as the class declares them, written by hand. */
    @Test
    void shouldReadWhatItsLayoutSays() {
        write(
                new int[] {FactorWorld.ITEMS, 5},
                FactorWorld.SCHEMA.fingerprint(),
                FLOATS,
                FactorWorld.gaussians(NUMBERS, 3));
        ItemFactors read = ItemFactors.load(file, FactorWorld.SCHEMA);
        assertEquals(SETTINGS, read.settings());
        assertArrayEquals(FactorWorld.gaussians(NUMBERS, 3), read.vectors());
    }

    @Test
    void shouldRefuseFactorsOfAnotherSchema() {
        new ItemFactors(SETTINGS, FactorWorld.gaussians(NUMBERS, 3))
                .save(file, FactorWorld.PLAIN_SCHEMA);
        assertRefused(ErrorCode.MISMATCH, "factors of another schema: file=");
    }

    @Test
    void shouldRefuseAFileThatMakesNoSense() {
        long schema = FactorWorld.SCHEMA.fingerprint();
        float[] vectors = FactorWorld.gaussians(NUMBERS, 3);
        write(new int[] {FactorWorld.ITEMS}, schema, FLOATS, vectors);
        assertRefused(ErrorCode.CORRUPT_FILE, "sizes=[70]");
        write(new int[] {-1, 5}, schema, FLOATS, vectors);
        assertRefused(ErrorCode.CORRUPT_FILE, "sizes=[-1, 5]");
        write(new int[] {FactorWorld.ITEMS, 0}, schema, FLOATS, vectors);
        assertRefused(ErrorCode.CORRUPT_FILE, "dimension=0");
        write(new int[] {FactorWorld.ITEMS + 1, 5}, schema, FLOATS, vectors);
        assertRefused(ErrorCode.CORRUPT_FILE, "items=71, dimension=5, length=1400 bytes");
        write(new int[] {FactorWorld.ITEMS, 5}, schema, new float[] {0, 0.1f, 1}, vectors);
        assertRefused(ErrorCode.CORRUPT_FILE, "settings=[0.0, 0.1, 1.0]");
        vectors[17] = Float.NaN;
        write(new int[] {FactorWorld.ITEMS, 5}, schema, FLOATS, vectors);
        assertRefused(ErrorCode.CORRUPT_FILE, "tensor=vectors, index=17");
    }

    private void write(int[] shape, long schema, float[] settings, float[] vectors) {
        try (SectionFileWriter writer = SectionFileWriter.create(file, "FACTORS", 1)) {
            writer.ints("shape", shape)
                    .longs("schema", new long[] {schema})
                    .floats("settings", settings)
                    .floats("vectors", vectors)
                    .commit();
        }
    }

    private void assertRefused(ErrorCode code, String part) {
        MillraceException e =
                assertThrows(
                        MillraceException.class, () -> ItemFactors.load(file, FactorWorld.SCHEMA));
        assertEquals(code, e.code(), e.getMessage());
        assertTrue(e.getMessage().contains(part), e.getMessage());
        assertEquals(1, e.getMessage().lines().count());
    }

    private static float[] embed(ItemFactors factors, RowTable user) {
        float[] vector = new float[SETTINGS.dimension()];
        factors.newFoldIn(FactorWorld.SCHEMA).embedInto(user.segment(), user.offset(0), vector);
        return vector;
    }
}
