package io.millrace.ranker.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.file.SectionFile;
import io.millrace.core.file.SectionFileWriter;
import io.millrace.core.metrics.AllocationMeter;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Path;

final class LayerSourceTest {
    private static final float[] WEIGHTS = {1, 2, 3, 4, 5, 6};
    private static final float[] BIAS = {7, 8};
    private static final int FEW_BYTES = 1 << 20;

    @TempDir private Path folder;

    @ParameterizedTest
    @CsvSource({
        "2, 3, ''",
        "2, 4, weights of another shape: tensor=w",
        "3, 2, weights of another shape: tensor=b",
        "1, 6, weights of another shape: tensor=b",
        // Four gigabytes, and in 32 bits none at all.
        "65536, 65536, weights of another shape: tensor=w"
    })
    void shouldGiveTheLayerOrRefuseBeforeItIsAllocated(int outputs, int inputs, String refusal) {
        Path path = folder.resolve("layer");
        try (SectionFileWriter writer = SectionFileWriter.create(path, "LAYER", 1)) {
            writer.floats("w", WEIGHTS).floats("b", BIAS).commit();
        }
        try (SectionFile file = SectionFile.open(path, "LAYER", 1)) {
            LayerSource source = LayerSource.of(file);
            if (refusal.isEmpty()) {
                DenseLayer layer = source.layer("w", "b", outputs, inputs);
                assertArrayEquals(WEIGHTS, layer.weights());
                assertArrayEquals(BIAS, layer.bias());
                return;
            }
            long before = AllocationMeter.currentThreadAllocatedBytes();
            MillraceException e =
                    assertThrows(
                            MillraceException.class, () -> source.layer("w", "b", outputs, inputs));
            long allocated = AllocationMeter.currentThreadAllocatedBytes() - before;
            assertEquals(ErrorCode.CORRUPT_FILE, e.code());
            assertTrue(e.getMessage().contains(refusal), e.getMessage());
            assertTrue(allocated < FEW_BYTES, "bytes=" + allocated);
        }
    }
}
