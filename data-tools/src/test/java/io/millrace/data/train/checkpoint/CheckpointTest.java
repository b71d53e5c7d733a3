package io.millrace.data.train.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

final class CheckpointTest {
    @TempDir private Path folder;

    private final float[] weights = {1, 2, 3};
    private final int[] steps = {7};

    @Test
    void shouldGoBackToWhatWasSaved() {
        checkpoint(Duration.ZERO).saveIfDue(this::walk);
        weights[1] = 5;
        steps[0] = 8;
        checkpoint(Duration.ZERO).resume(this::walk);
        assertArrayEquals(new float[] {1, 2, 3}, weights);
        assertEquals(7, steps[0]);
    }

    @Test
    void shouldKeepTheLastFiniteWeightsWhenOthersAreNot() {
        Checkpoint checkpoint = checkpoint(Duration.ZERO);
        checkpoint.saveIfDue(this::walk);
        for (float bad :
                new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            weights[1] = bad;
            checkpoint.saveIfDue(this::walk);
            checkpoint.finish(this::walk);
            checkpoint.resume(this::walk);
            assertEquals(2, weights[1]);
        }
        weights[1] = Float.MAX_VALUE;
        weights[2] = -Float.MAX_VALUE;
        checkpoint.saveIfDue(this::walk);
        weights[1] = 0;
        checkpoint.resume(this::walk);
        assertEquals(Float.MAX_VALUE, weights[1]);
    }

    @Test
    void shouldWaitForItsInterval() {
        Checkpoint hourly = checkpoint(Duration.ofHours(1));
        hourly.saveIfDue(this::walk);
        hourly.finish(this::walk);
        assertFalse(Files.exists(file()));
        checkpoint(Duration.ofNanos(1)).saveIfDue(this::walk);
        assertTrue(Files.exists(file()));
    }

    @Test
    void shouldStayAsItIsWhenNothingWasSaved() {
        checkpoint(Duration.ZERO).resume(this::walk);
        assertArrayEquals(new float[] {1, 2, 3}, weights);
        assertEquals("train with a smaller --rate", checkpoint(Duration.ZERO).advice("--rate"));
    }

    @Test
    void shouldRefuseAPartOfAnotherLength() {
        checkpoint(Duration.ZERO).saveIfDue(this::walk);
        MillraceException e =
                assertThrows(
                        MillraceException.class,
                        () ->
                                checkpoint(Duration.ZERO)
                                        .resume(state -> state.floats("weights", new float[4])));
        assertEquals(ErrorCode.CORRUPT_FILE, e.code());
        MillraceException missing =
                assertThrows(
                        MillraceException.class,
                        () ->
                                checkpoint(Duration.ZERO)
                                        .resume(state -> state.floats("others", new float[3])));
        assertEquals(ErrorCode.CORRUPT_FILE, missing.code());
    }

    private void walk(TrainingState state) {
        state.part("steps", MemorySegment.ofArray(steps));
        state.floats("weights", weights);
    }

    private Checkpoint checkpoint(Duration interval) {
        return Checkpoints.in(folder, interval).of("model", "training");
    }

    private Path file() {
        return folder.resolve("model.checkpoint");
    }
}
