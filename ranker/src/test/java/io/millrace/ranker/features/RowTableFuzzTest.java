package io.millrace.ranker.features;

import io.millrace.core.file.SectionRepair;
import io.millrace.core.fuzz.Fuzzing;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

final class RowTableFuzzTest {
    private static final int ROWS = 30;

    private final RowLayout layout = Schemas.small().layout(FeatureScope.ITEM);

    @TempDir private Path folder;

    @Test
    void shouldReadOrRefuseWhenBytesAreChanged() throws IOException {
        Path file = folder.resolve("rows");
        try (RowTable.Builder builder = RowTable.builder(layout, ROWS)) {
            for (int row = 0; row < ROWS; row++) {
                builder.append(1_000L + row);
                builder.number(Schemas.small().field("duration"), row);
                builder.values(Schemas.small().field("tag"), new int[] {2, 3, 4}, 0, row % 4);
            }
            try (RowTable table = builder.build()) {
                table.write(file);
            }
        }
        Fuzzing.of("rows")
                .seeds(Files.readAllBytes(file))
                .words("ids", "rows", "layout")
                .repairing(SectionRepair::repaired)
                .run(input -> readAll(Files.write(file, input)));
    }

    /** Whoever reads a row indexes tables by what stands in it. */
    private void readAll(Path file) {
        try (RowTable table = RowTable.open(file, layout)) {
            for (int row = 0; row < table.count(); row++) {
                if (layout.firstBadField(table.segment(), table.offset(row)) >= 0
                        || table.indexOf(table.id(row)) != row) {
                    throw new AssertionError("a bad row was let in: " + row);
                }
            }
        }
    }
}
