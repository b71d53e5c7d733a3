package io.millrace.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.millrace.server.config.ServerConfig;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.List;

/** 1,024 connections and 64 of the admin port are wanted, beside 128 other files. */
class OpenFilesTest {
    private static final int WANTED = 1_024 + 64 + 128;

    private final LoggedLines said = LoggedLines.of(OpenFiles.class);
    private final ServerConfig config = ServerConfig.defaults();

    @AfterEach
    void close() {
        said.close();
    }

    @Test
    void shouldLeaveTheLimitWhenThereIsRoom() {
        assertSame(config, OpenFiles.within(config, 34, WANTED + 34));
        assertEquals(List.of(), said.lines());
    }

    @Test
    void shouldLowerTheLimitAndSaySoWhenThereIsLess() {
        ServerConfig lowered = OpenFiles.within(config, 34, 400);
        assertEquals(400 - 34 - 64 - 128, lowered.limits().connections());
        assertEquals(
                "the system lets this process open too few files: limit=400,"
                        + " limits.connections=1024, lowered to 174; raise it by ulimit -n 1250, or"
                        + " set limits.connections",
                said.lines().getFirst());
        assertEquals(1, OpenFiles.within(config, 34, 64).limits().connections());
    }
}
