package io.millrace.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.MillraceException;
import io.millrace.core.memory.DirectMemory;
import io.millrace.core.progress.ProgressListener;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Sizes that were planned, against those of the real thing. */
final class IndexSizeTest {
    @TempDir private Path folder;

    @ParameterizedTest
    @CsvSource({
        "1, 3, F32, 2, 1",
        "2000, 100, F32, 16, 1",
        "1500, 40, INLINED, 6, 1",
        "700, 128, INLINED, 16, 4"
    })
    void shouldBeThoseOfTheRealIndexWhenPlanned(
            int rows, int dimension, GraphLayout layout, int maxConnections, int codeBits)
            throws IOException {
        HnswParameters parameters =
                HnswParameters.defaults(Metric.L2)
                        .withMaxConnections(maxConnections)
                        .withEfConstruction(20)
                        .withLayout(layout)
                        .withCodeBits(codeBits);
        IndexSize size = IndexSize.of(rows, dimension, parameters);
        try (VectorSet vectors = Worlds.GAUSSIAN.rows(rows, dimension, 1)) {
            try (HnswIndex index =
                    HnswBuilder.build(
                            vectors, Worlds.ids(rows), parameters, ProgressListener.NONE)) {
                assertEquals(index.vectorStrideBytes(), size.recordBytes());
                assertEquals(index.memoryBytes(), size.nodeBytes() + size.upperBytes());
                assertEquals(index.memory().records().byteSize(), size.nodeBytes());
                assertTrue(size.buildPeakBytes() > size.memoryBytes());
                Path file = folder.resolve("index");
                HnswFile.write(index, file);
                assertEquals(Files.size(file), size.fileBytes());
            }
        }
    }

    @Test
    void shouldCountIdsAndTheirTableWhenRowsAreNoPowerOfTwo() {
        HnswParameters parameters = HnswParameters.defaults(Metric.L2);
        long before = DirectMemory.allocatedBytes();
        try (ItemIds ids = ItemIds.copyOf(Worlds.ids(1000))) {
            assertEquals(8 * 1000 + 4 * 2048, DirectMemory.allocatedBytes() - before);
            assertEquals(1000, 1 + ids.ordinalOf(ids.id(999)));
        }
        assertEquals(8 * 1000 + 4 * 2048, IndexSize.of(1000, 8, parameters).idBytes());
    }

    @Test
    void shouldRefuseWhenThereCanBeNoSuchIndex() {
        HnswParameters parameters = HnswParameters.defaults(Metric.L2);
        for (int dimension : new int[] {0, -1, 65_537}) {
            MillraceException e =
                    assertThrows(
                            MillraceException.class, () -> IndexSize.of(10, dimension, parameters));
            assertTrue(e.getMessage().contains("dimension=" + dimension), e.getMessage());
        }
        assertThrows(MillraceException.class, () -> IndexSize.of(0, 8, parameters));
    }
}
