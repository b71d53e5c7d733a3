package io.millrace.cli.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.loadgen.report.LoadCounts;
import io.millrace.loadgen.report.SecondPoint;

import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;

final class LiveViewTest {
    private static final LoadCounts NOTHING = new LoadCounts(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    private final StringWriter terminal = new StringWriter();

    private static SecondPoint point(int second, int answered, long us) {
        Histogram latencies = new Histogram(3);
        latencies.recordValueWithCount(us * 1_000, answered);
        LoadCounts counts = new LoadCounts(0, answered, answered, 2, 1, 0, 0, 3, 0, 0, 0);
        return SecondPoint.of(1_000L * second, counts, NOTHING, latencies, 700);
    }

    @Test
    void shouldTellOfTheLastSecondAndOfAllSoFar() {
        Histogram soFar = new Histogram(3);
        soFar.recordValue(5_000_000);
        try (LiveView view = new LiveView(new PrintWriter(terminal), "load", 9_500)) {
            view.second(point(1, 100, 2_000), soFar);
            view.second(point(2, 300, 4_000), soFar);
            List<String> lines = view.lines(point(2, 300, 4_000), soFar);
            assertEquals("load, second 2 of 10", lines.getFirst());
            String last = lines.get(2).replaceAll(" +", " ");
            assertTrue(last.startsWith("last second 300/s 4.00 ms 4.00 ms 4.00 ms 2 3 1"), last);
            String all = lines.get(3).replaceAll(" +", " ");
            assertTrue(all.startsWith("so far 200/s 5.00 ms 5.00 ms 5.00 ms 4 6 2"), all);
            assertTrue(lines.getLast().matches("p99  (▁█|_#)"), lines.getLast());
            for (String line : lines) {
                assertTrue(line.length() <= 90, line);
            }
        }
    }

    /** What a terminal would show, of the few sequences that are written. */
    @Test
    void shouldDrawOverWhatItDrewAndWipeItOffAtTheEnd() {
        Histogram soFar = new Histogram(3);
        LiveView view = new LiveView(new PrintWriter(terminal), "load", 9_500);
        view.warmingUp();
        view.second(point(1, 100, 2_000), soFar);
        view.second(point(2, 300, 4_000), soFar);
        List<String> screen = FakeTerminal.show(terminal.toString());
        assertEquals(5, screen.size(), screen.toString());
        assertEquals("load, second 2 of 10", screen.getFirst());
        view.close();
        assertEquals(List.of(), FakeTerminal.show(terminal.toString()));
    }

    @Test
    void shouldScaleColumnsFromTheLowestToTheHighest() {
        assertEquals("▁█", LiveView.sparkline(List.of(1.0, 2.0), "▁▂▃▄▅▆▇█"));
        assertEquals("ac b", LiveView.sparkline(List.of(1.0, 100.0, 0.0, 10.0), "abc"));
        assertEquals("aa", LiveView.sparkline(List.of(3.0, 3.0), "abc"));
        assertEquals("", LiveView.sparkline(List.of(), "abc"));
    }
}
