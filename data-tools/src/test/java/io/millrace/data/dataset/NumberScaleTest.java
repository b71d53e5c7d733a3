package io.millrace.data.dataset;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

final class NumberScaleTest {
    @Test
    void shouldMeasureWhatIsThereAndLeaveMissingValuesOut() {
        NumberScale scale = NumberScale.of(new float[] {1, Float.NaN, 3, 5, Float.NaN, 7});
        assertEquals(4, scale.mean());
        assertEquals((float) Math.sqrt(5), scale.standardDeviation(), 1e-6);
    }

    @Test
    void shouldNotBlowUpConstantsOrNothing() {
        assertEquals(1, NumberScale.of(new float[] {0.1f, 0.1f, 0.1f}).standardDeviation());
        assertEquals(1, NumberScale.of(new float[] {1e6f, 1e6f}).standardDeviation());
        assertEquals(0, NumberScale.of(new float[] {Float.NaN}).mean());
        assertEquals(1, NumberScale.of(new float[0]).standardDeviation());
    }

    @Test
    void shouldKeepSmallDeviationsOfSmallNumbers() {
        NumberScale scale = NumberScale.of(new float[] {0.001f, 0.002f, 0.003f});
        assertEquals(0.000816f, scale.standardDeviation(), 1e-6);
    }
}
