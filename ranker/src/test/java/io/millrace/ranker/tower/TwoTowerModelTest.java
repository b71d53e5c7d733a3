package io.millrace.ranker.tower;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.file.SectionFileWriter;
import io.millrace.core.memory.DirectMemory;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

final class TwoTowerModelTest {
    @TempDir private Path folder;

    @Test
    void shouldComeBackTheSameWhenSaved() throws IOException {
        Path first = folder.resolve("first");
        Path second = folder.resolve("second");
        int dimension = TowerWorld.SHAPE.dimension();
        try (TowerWorld world = new TowerWorld();
                TwoTowerModel model = TowerWorld.model(3)) {
            model.setTemperature(0.07f);
            model.save(first);
            try (TwoTowerModel loaded = TwoTowerModel.load(first, TowerWorld.SCHEMA)) {
                assertEquals(TowerWorld.SHAPE, loaded.shape());
                assertEquals(0.07f, loaded.temperature());
                float[] expected = new float[dimension];
                float[] actual = new float[dimension];
                for (int user = 0; user < TowerWorld.USERS; user++) {
                    long offset = world.users.offset(user);
                    model.newQueryTower().embedInto(world.users.segment(), offset, expected);
                    loaded.newQueryTower().embedInto(world.users.segment(), offset, actual);
                    assertArrayEquals(expected, actual, "user=" + user);
                    model.newItemTower().embedInto(world.items, user, 1, expected, 0);
                    loaded.newItemTower().embedInto(world.items, user, 1, actual, 0);
                    assertArrayEquals(expected, actual, "item=" + user);
                }
                loaded.save(second);
            }
        }
        assertEquals(-1, Files.mismatch(first, second));
    }

    @Test
    void shouldHaveTheSameWeightsOnlyWhenTheSeedIsTheSame() throws IOException {
        Path first = folder.resolve("seed-3");
        Path again = folder.resolve("seed-3-again");
        Path other = folder.resolve("seed-4");
        initial(3, first);
        initial(3, again);
        initial(4, other);
        assertEquals(-1, Files.mismatch(first, again));
        assertTrue(Files.mismatch(first, other) >= 0);
    }

    @Test
    void shouldRefuseWhenTheSchemaIsAnother() {
        Path path = saved();
        MillraceException e =
                assertThrows(
                        MillraceException.class,
                        () -> TwoTowerModel.load(path, TowerWorld.schema(60)));
        assertEquals(ErrorCode.MISMATCH, e.code());
        assertTrue(e.getMessage().contains(path.toString()), e.getMessage());
    }

    @Test
    void shouldRefuseWhenTheFileIsTruncated() throws IOException {
        byte[] bytes = Files.readAllBytes(saved());
        Path path = folder.resolve("truncated");
        for (int length = 0; length < bytes.length; length += 1 + bytes.length / 61) {
            Files.write(path, Arrays.copyOf(bytes, length));
            assertRefused(path, ErrorCode.CORRUPT_FILE);
        }
        Files.write(path, Arrays.copyOf(bytes, bytes.length - 1));
        assertRefused(path, ErrorCode.CORRUPT_FILE);
    }

    @Test
    void shouldRefuseWhenAByteIsFlipped() throws IOException {
        byte[] bytes = Files.readAllBytes(saved());
        Path path = folder.resolve("flipped");
        for (int at = 0; at < bytes.length; at += 1 + bytes.length / 997) {
            bytes[at] ^= 0x10;
            Files.write(path, bytes);
            assertRefused(path, ErrorCode.CORRUPT_FILE);
            bytes[at] ^= 0x10;
        }
    }

    @Test
    void shouldNameTheWeightAndFreeItsMemoryWhenItIsNotFinite() {
        Path path = folder.resolve("infinite");
        try (TwoTowerModel model = TowerWorld.model(3)) {
            model.itemNetwork().second().weights()[7] = Float.NaN;
            model.save(path);
        }
        long before = DirectMemory.allocatedBytes();
        MillraceException e = assertRefused(path, ErrorCode.CORRUPT_FILE);
        assertTrue(e.getMessage().contains("tensor=item.weights2, index=7"), e.getMessage());
        assertEquals(before, DirectMemory.allocatedBytes());
    }

    @Test
    void shouldRefuseWhenTheTemperatureIsNotAboveZero() {
        Path path = folder.resolve("cold");
        try (TwoTowerModel model = TowerWorld.model(3)) {
            model.setTemperature(0);
            model.save(path);
        }
        MillraceException e = assertRefused(path, ErrorCode.CORRUPT_FILE);
        assertTrue(e.getMessage().contains("temperature=0.0"), e.getMessage());
    }

    @Test
    void shouldRefuseWhenTheSizesAreNone() {
        assertRefused(sized("none"), ErrorCode.CORRUPT_FILE);
        assertRefused(sized("few", 8, 8), ErrorCode.CORRUPT_FILE);
        assertRefused(sized("huge", 8, 1 << 30, 8), ErrorCode.CORRUPT_FILE);
        assertRefused(sized("no-weights", 8, 8, 8), ErrorCode.CORRUPT_FILE);
    }

    @Test
    void shouldRefuseWhenTheFileSaysNoSchema() {
        Path path = folder.resolve("empty");
        try (SectionFileWriter writer = SectionFileWriter.create(path, "TWOTOWER", 1)) {
            writer.ints("shape", new int[] {8, 8, 8}).longs("schema", new long[0]).commit();
        }
        assertRefused(path, ErrorCode.CORRUPT_FILE);
    }

    @Test
    void shouldRefuseWhenTheFileIsMissingNewerOrOfAnotherKind() {
        assertRefused(folder.resolve("missing"), ErrorCode.NOT_FOUND);
        Path newer = folder.resolve("newer");
        try (SectionFileWriter writer = SectionFileWriter.create(newer, "TWOTOWER", 2)) {
            writer.ints("shape", new int[] {8, 8, 8}).commit();
        }
        assertRefused(newer, ErrorCode.UNSUPPORTED_VERSION);
        Path foreign = folder.resolve("foreign");
        try (SectionFileWriter writer = SectionFileWriter.create(foreign, "DCNV2", 1)) {
            writer.ints("shape", new int[] {8, 8, 8}).commit();
        }
        assertRefused(foreign, ErrorCode.CORRUPT_FILE);
    }

    @Test
    void shouldFreeItsMemoryWhenClosed() {
        long before = DirectMemory.allocatedBytes();
        TowerWorld.model(1).close();
        assertEquals(before, DirectMemory.allocatedBytes());
    }

    private static MillraceException assertRefused(Path path, ErrorCode code) {
        MillraceException e =
                assertThrows(
                        MillraceException.class,
                        () -> TwoTowerModel.load(path, TowerWorld.SCHEMA).close());
        assertEquals(code, e.code(), e.getMessage());
        assertTrue(e.getMessage().contains(path.toString()), e.getMessage());
        return e;
    }

    /** A file of the right schema with sizes and nothing else. */
    private Path sized(String name, int... sizes) {
        Path path = folder.resolve(name);
        try (SectionFileWriter writer = SectionFileWriter.create(path, "TWOTOWER", 1)) {
            writer.ints("shape", sizes);
            writer.longs("schema", new long[] {TowerWorld.SCHEMA.fingerprint()}).commit();
        }
        return path;
    }

    private Path saved() {
        Path path = folder.resolve("saved");
        try (TwoTowerModel model = TowerWorld.model(3)) {
            model.save(path);
        }
        return path;
    }

    private static void initial(long seed, Path path) {
        try (TwoTowerModel model =
                TwoTowerModel.initial(TowerWorld.SCHEMA, TowerWorld.SHAPE, seed)) {
            model.save(path);
        }
    }
}
