package io.millrace.ranker.store;

import io.millrace.core.fuzz.Fuzzing;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * What stands beside the map of a store: its description, and the row that was being changed. The
 * map itself is Chronicle's, which reads it by bare addresses: it is held off by a checksum.
 */
final class FeatureStoreFuzzTest {
    private static final int ROWS = 6;
    private static final int CHANGED = 3;

    private final MemorySegment row = Arena.ofAuto().allocate(StoreRows.LAYOUT.rowBytes());

    @TempDir private Path folder;
    private byte[] map = {};
    private String description = "";

    @BeforeEach
    void make() throws IOException {
        try (FeatureStore store = FeatureStore.create(folder, "users", StoreRows.LAYOUT, ROWS)) {
            for (int id = 0; id < ROWS; id++) {
                StoreRows.fill(row, 0, id);
                store.put(id, row, 0);
            }
        }
        map = Files.readAllBytes(file("map"));
        description = Files.readString(file("json"));
    }

    @Test
    void shouldOpenOrRefuseWhenBytesOfTheDescriptionAreChanged() {
        Fuzzing.of("store-description")
                .seeds(description, unclean())
                .words("{", "}", ",", ":", "\"", "null", "0", "-1", "true", "false", "1e400")
                .words("9223372036854775807", "2147483648", "4611686018427387905", "\"layout\"")
                .run(
                        input -> {
                            Files.write(file("map"), map);
                            Files.write(file("json"), input);
                            readAll();
                        });
    }

    @Test
    void shouldOpenOrRefuseWhenBytesOfTheUndoLogAreChanged() throws IOException {
        // As a kill leaves them that strikes while the row is overwritten.
        try (UndoLog undo = new UndoLog(file("undo"), StoreRows.LAYOUT.rowBytes())) {
            StoreRows.fill(row, 0, CHANGED);
            undo.begin(CHANGED, row.address());
        }
        map[placeOf(CHANGED) + 40] ^= 1;
        Fuzzing.of("undo-log")
                .seeds(Files.readAllBytes(file("undo")))
                .run(
                        input -> {
                            Files.write(file("map"), map);
                            Files.writeString(file("json"), unclean());
                            Files.write(file("undo"), input);
                            readAll();
                        });
    }

    /** Who reads a row indexes tables by what stands in it. */
    private void readAll() {
        try (FeatureStore store = FeatureStore.open(folder, "users", StoreRows.LAYOUT)) {
            RowReader reader = store.newReader();
            for (int id = 0; id < ROWS; id++) {
                if (reader.readInto(id, row, 0) && StoreRows.LAYOUT.firstBadField(row, 0) >= 0) {
                    throw new AssertionError("a bad row was put back: " + id);
                }
            }
            store.health();
        }
    }

    private String unclean() {
        return description.replace("\"clean\" : true", "\"clean\" : false");
    }

    private int placeOf(int id) {
        StoreRows.fill(row, 0, id);
        byte[] bytes = row.toArray(ValueLayout.JAVA_BYTE);
        int at = 0;
        while (!Arrays.equals(map, at, at + bytes.length, bytes, 0, bytes.length)) {
            at++;
        }
        return at;
    }

    private Path file(String ending) {
        return folder.resolve("users." + ending);
    }
}
