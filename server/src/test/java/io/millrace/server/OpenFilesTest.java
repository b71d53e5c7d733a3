package io.millrace.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;

import io.millrace.server.config.ServerConfig;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** 1,024 connections and 64 of the admin port are wanted, beside 128 other files. */
class OpenFilesTest {
    private static final int WANTED = 1_024 + 64 + 128;

    private final Logger log = (Logger) LoggerFactory.getLogger(OpenFiles.class);
    private final ListAppender<ILoggingEvent> said = new ListAppender<>();
    private final ServerConfig config = ServerConfig.defaults();

    @BeforeEach
    void listen() {
        said.start();
        log.addAppender(said);
        log.setAdditive(false);
    }

    @AfterEach
    void stop() {
        log.setAdditive(true);
        log.detachAppender(said);
    }

    @Test
    void shouldLeaveTheLimitWhenThereIsRoom() {
        assertSame(config, OpenFiles.within(config, 34, WANTED + 34));
        assertTrue(said.list.isEmpty());
    }

    @Test
    void shouldLowerTheLimitAndSaySoWhenThereIsLess() {
        ServerConfig lowered = OpenFiles.within(config, 34, 400);
        assertEquals(400 - 34 - 64 - 128, lowered.limits().connections());
        assertEquals(
                "the system lets this process open too few files: limit=400,"
                        + " limits.connections=1024, lowered to 174; raise it by ulimit -n 1250, or"
                        + " set limits.connections",
                said.list.getFirst().getFormattedMessage());
        assertEquals(1, OpenFiles.within(config, 34, 64).limits().connections());
    }
}
