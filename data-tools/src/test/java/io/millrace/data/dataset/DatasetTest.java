package io.millrace.data.dataset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;
import io.millrace.data.simulate.SimulationPlan;
import io.millrace.data.simulate.Simulator;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;

final class DatasetTest {
    private static final List<String> BINARY =
            List.of(
                    DatasetLayout.USERS,
                    DatasetLayout.ITEMS,
                    DatasetLayout.TRAIN,
                    DatasetLayout.TEST);

    @TempDir private Path folder;

    private Path path;

    @BeforeEach
    void simulate() {
        path = folder.resolve("world");
        Simulator.run(new SimulationPlan(100, 300, 2_000, 3, 1), path, ProgressListener.NONE);
    }

    @Test
    void shouldNameTheFileWhenItIsDamagedTruncatedOrMissing() throws IOException {
        for (String name : BINARY) {
            Path file = path.resolve(name);
            byte[] whole = Files.readAllBytes(file);
            byte[] damaged = whole.clone();
            damaged[whole.length - 1] ^= 1;
            Files.write(file, damaged);
            assertRefused(name, ErrorCode.CORRUPT_FILE);
            Files.write(file, Arrays.copyOf(whole, whole.length / 2));
            assertRefused(name, ErrorCode.CORRUPT_FILE);
            Files.delete(file);
            assertRefused(name, ErrorCode.NOT_FOUND);
            Files.write(file, whole);
        }
        Dataset.open(path).close();
    }

    @Test
    void shouldRefuseWhenFilesOfTwoDataSetsAreMixed() throws IOException {
        Path other = folder.resolve("other");
        Simulator.run(new SimulationPlan(101, 301, 2_500, 4, 1), other, ProgressListener.NONE);
        for (String name : BINARY) {
            byte[] own = Files.readAllBytes(path.resolve(name));
            Files.copy(
                    other.resolve(name), path.resolve(name), StandardCopyOption.REPLACE_EXISTING);
            assertThrows(MillraceException.class, () -> Dataset.open(path), name);
            Files.write(path.resolve(name), own);
        }
        Dataset.open(path).close();
    }

    @Test
    void shouldSayWhatToDoWhenTheFolderIsNoDataSet() throws IOException {
        MillraceException e =
                assertThrows(
                        MillraceException.class,
                        () -> Dataset.open(Files.createDirectory(folder.resolve("empty"))));
        assertEquals(ErrorCode.NOT_FOUND, e.code());
        assertTrue(e.getMessage().contains("make one with simulate or import"), e.getMessage());
    }

    @Test
    void shouldHaveTheSameFingerprintOnlyWhenAllFilesAreTheSame() {
        Path again = folder.resolve("again");
        Simulator.run(new SimulationPlan(100, 300, 2_000, 3, 2), again, ProgressListener.NONE);
        Path other = folder.resolve("other");
        Simulator.run(new SimulationPlan(100, 300, 2_000, 5, 2), other, ProgressListener.NONE);
        String fingerprint = Dataset.readManifest(path).fingerprint();
        assertEquals(fingerprint, Dataset.readManifest(again).fingerprint());
        assertTrue(!fingerprint.equals(Dataset.readManifest(other).fingerprint()));
    }

    private void assertRefused(String file, ErrorCode code) {
        MillraceException e = assertThrows(MillraceException.class, () -> Dataset.open(path));
        assertEquals(code, e.code());
        assertTrue(e.getMessage().contains(file), e.getMessage());
    }
}
