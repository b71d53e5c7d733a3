package io.millrace.cli.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.joran.spi.JoranException;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

class LogReasonTest {
    private static final String STACK = "\tat " + LogReasonTest.class.getName();

    /** As the program's own settings of the log write it. */
    private static List<String> lines(@Nullable Throwable thrown) throws JoranException {
        LoggerContext context = new LoggerContext();
        JoranConfigurator settings = new JoranConfigurator();
        settings.setContext(context);
        URL file = LogReason.class.getResource("/logback.xml");
        settings.doConfigure(Objects.requireNonNull(file));
        Logger logger = context.getLogger(Logger.ROOT_LOGGER_NAME);
        OutputStreamAppender<ILoggingEvent> appender =
                (OutputStreamAppender<ILoggingEvent>) logger.getAppender("stderr");
        LoggingEvent event =
                new LoggingEvent(
                        "",
                        context.getLogger("Snapshots"),
                        Level.ERROR,
                        "no snapshot",
                        thrown,
                        null);
        String text = new String(appender.getEncoder().encode(event), StandardCharsets.UTF_8);
        context.stop();
        assertTrue(text.endsWith(System.lineSeparator()), text);
        return text.lines().map(line -> line.replaceFirst("^[0-9:.]+ ", "")).toList();
    }

    @Test
    void shouldWriteOneLineWhenNothingWasThrown() throws JoranException {
        assertEquals(List.of("ERROR Snapshots: no snapshot"), lines(null));
    }

    @Test
    void shouldSayWhyOnTheSameLineWhenItIsNoDefect() throws JoranException {
        Throwable full = MillraceException.usage("a snapshot is there:\n  name=%s", "first");
        assertEquals(
                List.of("ERROR Snapshots: no snapshot: a snapshot is there: name=first"),
                lines(full));
    }

    @Test
    void shouldShowTheStackWhenItIsADefect() throws JoranException {
        Throwable own = MillraceException.of(ErrorCode.INTERNAL, "two of one");
        for (Throwable defect : List.of(own, new IllegalStateException(new IOException("why")))) {
            List<String> lines = lines(defect);
            assertEquals("ERROR Snapshots: no snapshot", lines.get(0));
            assertEquals(defect.toString(), lines.get(1));
            assertTrue(lines.stream().anyMatch(line -> line.startsWith(STACK)), lines.toString());
        }
    }

    @Test
    void shouldShowTheStackBehindTheReasonWhenItIsAskedFor() {
        LogReason traced = new LogReason(true);
        traced.start();
        Throwable thrown = MillraceException.usage("name=%s", "first");
        LoggerContext context = new LoggerContext();
        LoggingEvent event =
                new LoggingEvent("", context.getLogger("a"), Level.ERROR, "no", thrown, null);
        List<String> lines = traced.convert(event).lines().toList();
        assertEquals(": name=first", lines.get(0));
        assertEquals(thrown.toString(), lines.get(1));
        assertTrue(lines.get(2).startsWith("\tat "), lines.get(2));
    }
}
