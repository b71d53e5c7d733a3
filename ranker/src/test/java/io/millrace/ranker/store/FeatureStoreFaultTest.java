package io.millrace.ranker.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.ranker.features.RowLayout;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Stores that are in use, damaged, of another schema, or were left in the middle of a change. */
final class FeatureStoreFaultTest {
    private static final int ROWS = 300;

    private final MemorySegment memory = Arena.ofAuto().allocate(StoreRows.LAYOUT.rowBytes());

    @TempDir private Path folder;

    @Test
    void shouldRefuseWhenAnotherHoldsIt() {
        try (FeatureStore store = FeatureStore.create(folder, "users", StoreRows.LAYOUT, 10)) {
            assertEquals(0, store.size());
            MillraceException e = assertThrows(MillraceException.class, this::open);
            assertEquals(ErrorCode.UNAVAILABLE, e.code());
            assertTrue(e.getMessage().contains("in use"), e.getMessage());
        }
        open().close();
    }

    @Test
    void shouldRefuseWhenItExistsOrDoesNot() {
        assertEquals(ErrorCode.NOT_FOUND, codeOf(this::open));
        make();
        assertEquals(
                ErrorCode.IO,
                codeOf(() -> FeatureStore.create(folder, "users", StoreRows.LAYOUT, 10)));
        open().close();
    }

    @Test
    void shouldRefuseWhenTheSchemaIsAnother() {
        make();
        RowLayout other = StoreRows.layout("other");
        assertEquals(StoreRows.LAYOUT.rowBytes(), other.rowBytes());
        assertEquals(ErrorCode.MISMATCH, codeOf(() -> FeatureStore.open(folder, "users", other)));
        open().close();
    }

    @Test
    void shouldRefuseAnyFlippedByteWhenItWasClosedInOrder() throws IOException {
        make();
        byte[] good = Files.readAllBytes(map());
        byte[] description = Files.readAllBytes(description());
        for (int at = 0; at < good.length; at += 1 + good.length / 60) {
            byte[] bad = good.clone();
            bad[at] ^= 0x10;
            Files.write(map(), bad);
            Files.write(description(), description);
            assertEquals(ErrorCode.CORRUPT_FILE, codeOf(this::open), "flipped at " + at);
        }
        Files.write(map(), good);
        Files.write(description(), description);
        open().close();
    }

    @Test
    void shouldRefuseWhenCutWhetherClosedInOrderOrNot() throws IOException {
        make();
        byte[] good = Files.readAllBytes(map());
        Files.write(map(), Arrays.copyOf(good, good.length / 2));
        assertEquals(ErrorCode.CORRUPT_FILE, codeOf(this::open));
        setUnclean();
        assertEquals(ErrorCode.CORRUPT_FILE, codeOf(this::open));
        Files.write(map(), new byte[0]);
        assertEquals(ErrorCode.CORRUPT_FILE, codeOf(this::open));
        Files.delete(map());
        assertEquals(ErrorCode.NOT_FOUND, codeOf(this::open));
    }

    @Test
    void shouldRefuseWhenTheHeaderIsAlienAfterAKill() throws IOException {
        make();
        setUnclean();
        byte[] bad = Files.readAllBytes(map());
        Arrays.fill(bad, 0, 256, (byte) 'x');
        Files.write(map(), bad);
        assertEquals(ErrorCode.CORRUPT_FILE, codeOf(this::open));
    }

    @Test
    void shouldRefuseWhenTheDescriptionIsNoJson() throws IOException {
        make();
        Files.writeString(description(), "{\"version\": 1");
        assertEquals(ErrorCode.BAD_INPUT, codeOf(this::open));
    }

    @ParameterizedTest
    @CsvSource({
        "'\"capacity\" : [0-9]+', '\"capacity\" : 0'",
        "'\"capacity\" : [0-9]+', '\"capacity\" : 4611686018427387905'",
        "'\"layout\" : [^,]+', '\"layout\" : null'",
        "'\"checksum\" : [^,}]+', '\"checksum\" : null'"
    })
    void shouldRefuseWhenTheDescriptionMakesNoSense(String key, String other) throws IOException {
        make();
        String json = Files.readString(description());
        String broken = json.replaceFirst(key, other);
        assertNotEquals(json, broken);
        Files.writeString(description(), broken);
        assertEquals(ErrorCode.BAD_INPUT, codeOf(this::open));
        Files.writeString(description(), json);
        open().close();
    }

    /** The log has no checksum, and what it holds would be served. */
    @Test
    void shouldRefuseWhenTheRowToPutBackCannotBe() throws IOException {
        make();
        setUnclean();
        StoreRows.fill(memory, 0, 42);
        memory.set(RowLayout.INT, 8, 1 << 24);
        interrupt(42, memory);
        assertEquals(ErrorCode.CORRUPT_FILE, codeOf(this::open));
    }

    @Test
    void shouldFindEveryRowWhenNotClosedInOrder() throws IOException {
        make();
        setUnclean();
        assertHolds(ROWS, -1);
    }

    @Test
    void shouldPutTheOldRowBackWhenKilledInTheMiddleOfAChange() throws IOException {
        make();
        setUnclean();
        StoreRows.fill(memory, 0, 42);
        interrupt(42, memory);
        assertHolds(ROWS, -1);
        assertHolds(ROWS, -1);
    }

    @Test
    void shouldLoseNoOtherRowWhenOneIsDamagedAfterAKill() throws IOException {
        make();
        setUnclean();
        overwriteHalfOf(42);
        assertHolds(ROWS - 1, 42);
    }

    @Test
    void shouldMakeANewStoreWhenItsMakingWasInterrupted() throws IOException {
        make();
        Files.delete(description());
        make();
        assertHolds(ROWS, -1);
    }

    private void assertHolds(int rows, int missing) {
        try (FeatureStore store = open()) {
            assertEquals(rows, store.size());
            RowReader reader = store.newReader();
            for (int id = 0; id < ROWS; id++) {
                if (id == missing) {
                    assertTrue(!reader.readInto(id, memory, 0));
                } else {
                    assertTrue(reader.readInto(id, memory, 0), "row " + id);
                    assertEquals(id, StoreRows.numberOf(memory, 0));
                }
            }
            for (int id = 0; id < ROWS; id++) {
                StoreRows.fill(memory, 0, id);
                store.put(id, memory, 0);
            }
            assertEquals(ROWS, store.size());
        }
    }

    private void make() {
        try (FeatureStore store = FeatureStore.create(folder, "users", StoreRows.LAYOUT, ROWS)) {
            for (int id = 0; id < ROWS; id++) {
                StoreRows.fill(memory, 0, id);
                store.put(id, memory, 0);
            }
        }
    }

    private FeatureStore open() {
        return FeatureStore.open(folder, "users", StoreRows.LAYOUT);
    }

    private void setUnclean() throws IOException {
        String json = Files.readString(description());
        assertTrue(json.contains("\"clean\" : true"), json);
        Files.writeString(description(), json.replace("\"clean\" : true", "\"clean\" : false"));
    }

    /** What a kill leaves that strikes while a row is overwritten: half of it is new. */
    private void interrupt(int id, MemorySegment old) throws IOException {
        try (UndoLog undo = new UndoLog(folder.resolve("users.undo"), 128)) {
            undo.begin(id, old.address());
        }
        overwriteHalfOf(id);
    }

    /** Overwrites the second half of a row where it lies in the file. */
    private void overwriteHalfOf(int id) throws IOException {
        StoreRows.fill(memory, 0, id);
        byte[] row = memory.toArray(ValueLayout.JAVA_BYTE);
        byte[] file = Files.readAllBytes(map());
        int at = 0;
        while (!Arrays.equals(file, at, at + row.length, row, 0, row.length)) {
            at++;
        }
        try (RandomAccessFile access = new RandomAccessFile(map().toFile(), "rw")) {
            access.seek(at + row.length / 2);
            access.write(new byte[row.length / 2]);
        }
    }

    private Path map() {
        return folder.resolve("users.map");
    }

    private Path description() {
        return folder.resolve("users.json");
    }

    private static ErrorCode codeOf(Runnable action) {
        return assertThrows(MillraceException.class, action::run).code();
    }
}
