package io.millrace.data.importers.criteo;

import io.millrace.core.fuzz.Fuzzing;
import io.millrace.data.importers.FuzzedFolder;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

final class CriteoFuzzTest {
    private static final CriteoPlan PLAN = new CriteoPlan(50, 2);

    @TempDir private Path folder;

    @Test
    void shouldImportOrRefuseWhenBytesAreChanged() throws IOException {
        Path source = Files.createDirectory(folder.resolve("source"));
        Path log = source.resolve("log.tsv");
        Files.write(
                log,
                List.of(
                        CriteoImporterTest.line("1", "7", "68fd1e64"),
                        CriteoImporterTest.line("0", "-2", ""),
                        CriteoImporterTest.line("0", "", "68fd1e64"),
                        CriteoImporterTest.line("1", "1", "80e26c9b")));
        new FuzzedFolder(source, List.of("log.tsv"))
                .fuzz(Fuzzing.of("criteo"), task -> CriteoImporter.run(log, PLAN, task));
    }
}
