package io.millrace.index.vectors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.index.VectorSet;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Which files of a folder are taken, and what is said where they are missing. */
final class VectorFolderTest {
    private static final String BASE = "train-images-idx3-ubyte";
    private static final String QUERY = "t10k-images-idx3-ubyte";

    @TempDir private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"", ".gz"})
    void shouldFindTheFilesWhenTheyArePlainOrCompressed(String ending) throws IOException {
        Path base = touch(BASE + ending);
        Path query = touch(QUERY + ending);
        assertEquals(new VectorFolder(base, query, null), VectorFolder.at(folder));
        Path truth = touch("gt_l2.ivecs" + ending);
        assertEquals(new VectorFolder(base, query, truth), VectorFolder.at(folder));
    }

    @Test
    void shouldTakeThePlainFileWhenBothAreThere() throws IOException {
        touch(BASE + ".gz");
        touch(QUERY + ".gz");
        Path base = touch(BASE);
        Path query = touch(QUERY);
        assertEquals(new VectorFolder(base, query, null), VectorFolder.at(folder));
    }

    @Test
    void shouldPassOverWhenFilesAreOnlyNamedAlike() throws IOException {
        for (String prefix : new String[] {"._", "0-"}) {
            touch(prefix + BASE + ".gz");
            touch(prefix + QUERY + ".gz");
        }
        touch("._truth.ivecs");
        touch(BASE + ".gz.part");
        touch("a.ivecs.md5");
        touch("train-labels-idx1-ubyte");
        Files.createDirectory(folder.resolve(BASE));
        Files.createDirectory(folder.resolve("a.ivecs"));
        assertMissing();
        Path base = touch(BASE + ".gz");
        Path query = touch(QUERY);
        VectorFolder found = VectorFolder.at(folder);
        assertEquals(base, found.base());
        assertEquals(query, found.query());
        assertNull(found.truth());
        Path truth = touch("truth.ivecs");
        assertEquals(truth, VectorFolder.at(folder).truth());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", BASE, QUERY, BASE + ".zip", "a.fvecs", "truth.ivecs"})
    void shouldSayNotFoundWhenBaseOrQueriesAreMissing(String only) throws IOException {
        if (!only.isEmpty()) {
            touch(only);
        }
        assertMissing();
    }

    @Test
    void shouldTellFoldersFromFilesWhenAsked() throws IOException {
        assertTrue(VectorFolder.isAt(folder));
        assertFalse(VectorFolder.isAt(touch(BASE)));
        assertFalse(VectorFolder.isAt(folder.resolve("missing")));
    }

    @Test
    void shouldSayNotFoundWhenTheFolderIsMissing() {
        Path missing = folder.resolve("missing");
        MillraceException e = assertThrows(MillraceException.class, () -> VectorFolder.at(missing));
        assertEquals(ErrorCode.NOT_FOUND, e.code());
        assertTrue(e.getMessage().contains("file=" + missing), e.getMessage());
    }

    @Test
    void shouldReadTheBaseWhenAFolderIsGivenInPlaceOfAFile() throws IOException {
        byte[] base = {1, 2, 3, 4, 5, 6, 7, (byte) 255};
        byte[] query = {9, 9, 9, 9};
        int type = FileBytes.IDX_UNSIGNED_BYTE;
        Files.write(folder.resolve(BASE), FileBytes.idx(type, new int[] {2, 2, 2}, base));
        Files.write(folder.resolve(QUERY), FileBytes.idx(type, new int[] {1, 2, 2}, query));
        try (VectorSet rows = VectorFiles.read(folder, Integer.MAX_VALUE)) {
            assertEquals(2, rows.count());
            float[] row = new float[4];
            rows.get(0, row, 0);
            assertArrayEquals(new float[] {1, 2, 3, 4}, row);
            rows.get(1, row, 0);
            assertArrayEquals(new float[] {5, 6, 7, 255}, row);
        }
    }

    private void assertMissing() {
        for (Runnable action :
                new Runnable[] {
                    () -> VectorFolder.at(folder), () -> VectorFiles.read(folder, 1).close()
                }) {
            MillraceException e = assertThrows(MillraceException.class, action::run);
            assertEquals(ErrorCode.NOT_FOUND, e.code(), e.getMessage());
            assertTrue(e.getMessage().contains("folder=" + folder), e.getMessage());
            assertTrue(e.getMessage().contains(BASE + " and " + QUERY), e.getMessage());
        }
    }

    private Path touch(String name) throws IOException {
        return Files.write(folder.resolve(name), new byte[] {1});
    }
}
