package io.millrace.cli.progress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.progress.ProgressListener;

import org.junit.jupiter.api.Test;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.stream.IntStream;

final class ProgressTest {
    private final StringWriter text = new StringWriter();
    private final PrintWriter err = new PrintWriter(text, true);

    @Test
    void shouldPrintOneLineAStageWhenLinesAreWanted() {
        ProgressListener progress = Progress.to(err, ProgressStyle.LINES);
        try (ProgressListener.Stage stage = progress.start("build graph", 100_000)) {
            IntStream.range(0, 1_000).parallel().forEach(i -> stage.advance(100));
            stage.note("level 3");
        }
        assertEquals(1, text.toString().lines().count(), text.toString());
        assertTrue(
                text.toString().matches("  build graph +0\\.\\d s +100,000  level 3\n"),
                text.toString());
    }

    @Test
    void shouldEndWithTheSameLineWhenABarWasShown() {
        ProgressListener progress = Progress.to(err, ProgressStyle.BAR);
        try (ProgressListener.Stage stage = progress.start("embed items", 10)) {
            stage.advance(4);
            stage.note("half");
            stage.advance(6);
        }
        assertTrue(
                text.toString().matches("  embed items +0\\.\\d s +10  half\n"), text.toString());
    }

    @Test
    void shouldCountStagesWhenTheirLengthIsUnknown() {
        ProgressListener progress = Progress.to(err, ProgressStyle.LINES);
        try (ProgressListener.Stage stage = progress.start("read rows", -1)) {
            stage.advance(5);
        }
        assertTrue(text.toString().matches("  read rows +0\\.\\d s +5\n"), text.toString());
    }

    @Test
    void shouldNotGoBeyondTheWholeWhenAStageTakesMoreStepsThanPlanned() {
        StageLine line = new StageLine("warm up", 4);
        assertTrue(line.underWay(3, "").contains(" 75 % after"), line.underWay(3, ""));
        assertTrue(line.underWay(6, "").contains("100 % after"), line.underWay(6, ""));
    }

    @Test
    void shouldBeSilentWhenNoneIsWanted() {
        assertSame(ProgressListener.NONE, Progress.to(err, ProgressStyle.NONE));
    }
}
