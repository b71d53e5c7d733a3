package io.millrace.index.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.index.HnswParameters;
import io.millrace.index.IndexSize;
import io.millrace.index.Metric;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;

final class SpeedPlanTest {
    private static final HnswParameters PARAMETERS = HnswParameters.defaults(Metric.L2);

    @Test
    void shouldProbeNoMoreThanThereWillBeWhenItemsAreFew() {
        assertEquals(List.of(5_000, 10_000, 20_000), plan(1_000_000, 128, 20_000).probeSizes());
        assertEquals(List.of(750, 1_500, 3_000), plan(3_000, 128, 20_000).probeSizes());
        assertEquals(List.of(1, 3), plan(3, 128, 20_000).probeSizes());
        assertEquals(List.of(1), plan(1, 128, 20_000).probeSizes());
    }

    @Test
    void shouldProbeFewerWhenRowsAreLong() {
        int largest = plan(1_000_000, 65_536, 20_000).probeSizes().getLast();
        long bytes = IndexSize.of(largest, 65_536, PARAMETERS).nodeBytes();
        assertTrue(bytes <= 256 << 20, "bytes=" + bytes);
        assertTrue(bytes > 250 << 20, "bytes=" + bytes);
    }

    private static SpeedPlan plan(int items, int dimension, int probeItems) {
        return new SpeedPlan(items, dimension, PARAMETERS, 1, 0.95, probeItems, 1);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0.9, 10, 1, k=0",
        "101, 0.9, 10, 1, k=101",
        "10, 0, 10, 1, recall=0.0",
        "10, 1, 10, 1, recall=1.0",
        "10, NaN, 10, 1, recall=NaN",
        "10, 0.9, 0, 1, probe-items=0",
        "10, 0.9, 10, 0, probe-seconds=0.0",
        "10, 0.9, 10, 9999, probe-seconds=9999.0"
    })
    void shouldRefuseWhenNothingCanBeMeasured(
            int k, double recall, int probeItems, double seconds, String named) {
        MillraceException e =
                assertThrows(
                        MillraceException.class,
                        () -> new SpeedPlan(100, 8, PARAMETERS, k, recall, probeItems, seconds));
        assertEquals(ErrorCode.USAGE, e.code());
        assertTrue(String.valueOf(e.getMessage()).contains(named), e.getMessage());
    }
}
