package io.millrace.server.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;

import io.netty.channel.embedded.EmbeddedChannel;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

import java.io.IOException;

class AcceptFailuresTest {
    private final Logger log = (Logger) LoggerFactory.getLogger(AcceptFailures.class);
    private final ListAppender<ILoggingEvent> said = new ListAppender<>();
    private final EmbeddedChannel port = new EmbeddedChannel(new AcceptFailures());

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
        assertTrue(port.close().isSuccess());
    }

    @Test
    void shouldSaySoOnceWhenTheSystemGivesNoMoreConnections() {
        for (int i = 0; i < 100; i++) {
            port.pipeline().fireExceptionCaught(new IOException("Too many open files"));
        }
        port.checkException();
        assertEquals(1, said.list.size());
        String text = said.list.getFirst().getFormattedMessage();
        assertTrue(text.contains("reason=Too many open files; raise ulimit -n"), text);
    }

    @Test
    void shouldPassOnWhatIsADefect() {
        port.pipeline().fireExceptionCaught(new IllegalStateException("on purpose"));
        assertThrows(IllegalStateException.class, port::checkException);
        assertTrue(said.list.isEmpty());
    }
}
