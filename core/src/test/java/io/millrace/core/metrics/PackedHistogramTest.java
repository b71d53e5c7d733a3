package io.millrace.core.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

final class PackedHistogramTest {
    @Test
    void shouldBeTheSameWhenUnpacked() {
        Histogram histogram = new Histogram(3_600_000_000_000L, 3);
        for (long value = 1; value < 1_000_000_000L; value = value * 3 + 7) {
            histogram.recordValueWithCount(value, value % 5 + 1);
        }
        assertEquals(histogram, PackedHistogram.unpack(PackedHistogram.pack(histogram)));
    }

    @Test
    void shouldRefuseWhatIsNone() {
        String packed = PackedHistogram.pack(new Histogram(2));
        for (String wrong : new String[] {"", "HIST", "no base 64", "A" + packed.substring(1)}) {
            assertThrows(
                    IllegalArgumentException.class, () -> PackedHistogram.unpack(wrong), wrong);
        }
    }
}
