package io.millrace.loadgen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;

import org.junit.jupiter.api.Test;

final class OpenFilesTest {
    @Test
    void shouldSayHowManyFilesAreNeededWhenThereAreFewer() {
        OpenFiles.require(2_000, 100, 2_164);
        MillraceException e =
                assertThrows(MillraceException.class, () -> OpenFiles.require(2_000, 100, 2_163));
        assertEquals(ErrorCode.UNAVAILABLE, e.code());
        assertEquals(
                "this process may open too few files for its connections: connections=2000,"
                        + " needed=2164, limit=2163; raise it by ulimit -n 2164, or open fewer"
                        + " connections",
                e.getMessage());
    }

    @Test
    void shouldHaveRoomForAFewConnections() {
        OpenFiles.require(1);
    }
}
