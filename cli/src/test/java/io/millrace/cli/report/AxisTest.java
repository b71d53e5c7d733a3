package io.millrace.cli.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AxisTest {
    @ParameterizedTest
    @CsvSource({"1, 2", "80, 6200", "0.05, 3", "999, 1001", "15, 4e7", "1, 1e9"})
    void shouldSpanAllValuesWhenTimesAreGiven(double min, double max) {
        Axis axis = Axis.micros(min, max);
        assertTrue(axis.min() <= Math.max(0.1, min), axis.toString());
        assertTrue(axis.max() >= max, axis.toString());
        assertTrue(axis.ticks().size() >= 2 && axis.ticks().size() <= 14, axis.toString());
        assertEquals(0, axis.place(axis.min()));
        assertEquals(1, axis.place(axis.max()));
        assertEquals(1, axis.place(axis.max() * 2), "clipped");
    }

    @ParameterizedTest
    @CsvSource({"0, 10", "0, 1", "4.8, 6.2", "-3, 3", "0.001, 0.0015", "5, 5", "0, 0", "1, 3e9"})
    void shouldTickRoundNumbersWhenValuesAreGiven(double min, double max) {
        Axis axis = Axis.linear(min, max, 6);
        assertTrue(axis.min() <= min + 1e-12 && axis.max() >= max - 1e-12, axis.toString());
        assertTrue(axis.ticks().size() >= 2 && axis.ticks().size() <= 9, axis.toString());
        assertTrue(axis.place(min) >= 0 && axis.place(max) <= 1, axis.toString());
        assertEquals(
                axis.ticks().size(),
                axis.ticks().stream().map(Axis.Tick::label).distinct().count(),
                axis.toString());
    }

    @ParameterizedTest
    @CsvSource({"0, 1.5, 4", "0, 2, 8", "0, 20, 8", "0, 9, 4", "0, 0.002, 5", "0, 70000, 6"})
    void shouldSayWhereTheTickIsWhenItIsLabelled(double min, double max, int count) {
        for (Axis.Tick tick : Axis.linear(min, max, count).ticks()) {
            double said = Double.parseDouble(tick.label().replace(",", ""));
            assertEquals(tick.value(), said, max * 1e-9);
        }
    }

    @Test
    void shouldBeEvenWhenFactorsAreEqual() {
        Axis axis = Axis.micros(1, 100);
        assertEquals(axis.place(10) - axis.place(1), axis.place(100) - axis.place(10), 1e-12);
    }
}
