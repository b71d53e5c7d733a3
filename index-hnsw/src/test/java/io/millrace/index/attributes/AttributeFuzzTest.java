package io.millrace.index.attributes;

import io.millrace.core.file.SectionRepair;
import io.millrace.core.fuzz.Fuzzing;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

final class AttributeFuzzTest {
    @TempDir private Path folder;

    @Test
    void shouldReadOrRefuseWhenBytesAreChanged() throws IOException {
        Path file = folder.resolve("file");
        try (AttributeTable table = SampleTable.make()) {
            AttributeFile.write(table, file);
        }
        Fuzzing.of("attributes")
                .seeds(Files.readAllBytes(file))
                .words("\"", "{", "}", "tags", "int64", "null", "-1")
                .repairing(SectionRepair::repaired)
                .run(
                        input -> {
                            Files.write(file, input);
                            try (AttributeTable table = AttributeFile.open(file)) {
                                for (int row = 0; row < table.rows(); row++) {
                                    SampleTable.row(table, row);
                                }
                            }
                        });
    }
}
