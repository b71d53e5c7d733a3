package io.millrace.server.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.server.LoggedLines;
import io.netty.channel.embedded.EmbeddedChannel;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.List;

class AcceptFailuresTest {
    private final LoggedLines said = LoggedLines.of(AcceptFailures.class);
    private final EmbeddedChannel port = new EmbeddedChannel(new AcceptFailures());

    @AfterEach
    void close() {
        said.close();
        assertTrue(port.close().isSuccess());
    }

    @Test
    void shouldSaySoOnceWhenTheSystemGivesNoMoreConnections() {
        for (int i = 0; i < 100; i++) {
            port.pipeline().fireExceptionCaught(new IOException("Too many open files"));
        }
        port.checkException();
        assertEquals(1, said.lines().size());
        String text = said.lines().getFirst();
        assertTrue(text.contains("reason=Too many open files; raise ulimit -n"), text);
    }

    @Test
    void shouldPassOnWhatIsADefect() {
        port.pipeline().fireExceptionCaught(new IllegalStateException("on purpose"));
        assertThrows(IllegalStateException.class, port::checkException);
        assertEquals(List.of(), said.lines());
    }
}
