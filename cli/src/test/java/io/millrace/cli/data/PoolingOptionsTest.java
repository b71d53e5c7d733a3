package io.millrace.cli.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.MillraceException;
import io.millrace.data.importers.table.HistoryPooling;
import io.millrace.ranker.features.SequencePooling;

import org.junit.jupiter.api.Test;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.util.Map;

final class PoolingOptionsTest {
    @Command
    private static final class Holder {
        @Mixin private PoolingOptions options;
    }

    private static HistoryPooling parse(String... arguments) {
        Holder holder = new Holder();
        new CommandLine(holder).parseArgs(arguments);
        return holder.options.pooling();
    }

    @Test
    void shouldPoolEachHistoryAsItIsTold() {
        assertEquals(
                Map.of(
                        "watched",
                        SequencePooling.ATTENTION,
                        "liked",
                        SequencePooling.recency(2.5f)),
                parse(
                                "--pooling",
                                "watched=attention,long_watched=mean",
                                "--pooling=liked=recency:2.5")
                        .byName());
    }

    @Test
    void shouldTakeTheMeanOfAllWhenNothingIsSaid() {
        assertEquals(HistoryPooling.MEAN, parse());
    }

    @Test
    void shouldRefuseHalfLivesAndHistoriesThatAreNone() {
        assertRefused("liked=recency:0", "halfLife=0.0");
        assertRefused("seen=attention", "pooling=seen, known=[watched, long_watched, liked]");
    }

    private static void assertRefused(String pooling, String expected) {
        MillraceException e =
                assertThrows(MillraceException.class, () -> parse("--pooling", pooling));
        assertTrue(e.getMessage().contains(expected), e.getMessage());
    }
}
