package io.millrace.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.MillraceException;
import io.millrace.core.memory.DirectMemory;
import io.millrace.core.progress.ProgressListener;
import io.millrace.index.graph.RowType;

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
        "1, 3, F32, F32, 2, 1",
        "2000, 100, F32, F32, 16, 1",
        "1500, 40, INLINED, F32, 6, 1",
        "700, 128, INLINED, F32, 16, 4",
        "500, 100, F32, BF16, 16, 1",
        "500, 100, F32, INT8, 16, 1",
        "500, 100, INLINED, INT8, 16, 1"
    })
    void shouldBeThoseOfTheRealIndexWhenPlanned(
            int rows,
            int dimension,
            GraphLayout layout,
            RowType rowType,
            int maxConnections,
            int codeBits)
            throws IOException {
        HnswParameters parameters =
                HnswParameters.defaults(Metric.L2)
                        .withMaxConnections(maxConnections)
                        .withEfConstruction(20)
                        .withLayout(layout)
                        .withRowType(rowType)
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

    @ParameterizedTest
    @CsvSource({
        "F32, F32, 640",
        "F32, BF16, 384",
        "F32, INT8, 320",
        "INLINED, F32, 1408",
        "INLINED, BF16, 1152",
        "INLINED, INT8, 1088"
    })
    void shouldTakeLessWhenRowsHaveFewerBits(GraphLayout layout, RowType rowType, long expected) {
        HnswParameters parameters =
                HnswParameters.defaults(Metric.L2).withLayout(layout).withRowType(rowType);
        assertEquals(expected, IndexSize.of(10_000_000, 128, parameters).recordBytes());
    }

    @Test
    void shouldCountRowsAndIdsWhenThereIsNoGraph() {
        IndexSize size = IndexSize.flat(1000, 20);
        try (VectorSet vectors = Worlds.GAUSSIAN.rows(1000, 20, 1)) {
            assertEquals(vectors.strideBytes(), size.recordBytes());
            long before = DirectMemory.allocatedBytes();
            try (FlatIndex index = FlatIndex.over(vectors, Worlds.ids(1000), Metric.L2)) {
                long own = DirectMemory.allocatedBytes() - before;
                assertEquals(index.size() * vectors.strideBytes() + own, size.memoryBytes());
            }
        }
        assertThrows(MillraceException.class, () -> IndexSize.flat(0, 8));
        assertThrows(MillraceException.class, () -> IndexSize.flat(10, 65_537));
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
