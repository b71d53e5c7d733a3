package io.millrace.cli.console;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.OutputStreamAppender;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.Locale;

/** How the program's log is written to the error stream. */
public enum LogFormat {
    /** A line for people, and the lines of a stack behind it where there was a defect. */
    TEXT,
    /** One JSON object a line, its stack within. */
    JSON;

    private static final String APPENDER = "stderr";

    /** Writes so from now on; text is what the program begins with. */
    public void apply() {
        if (this == TEXT) {
            return;
        }
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        Appender<ILoggingEvent> appender =
                context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender(APPENDER);
        if (!(appender instanceof OutputStreamAppender<ILoggingEvent> stream)) {
            throw new IllegalStateException("no such appender: name=" + APPENDER);
        }
        stream.setEncoder(newEncoder(context));
    }

    private static JsonEncoder newEncoder(LoggerContext context) {
        JsonEncoder encoder = new JsonEncoder();
        encoder.setContext(context);
        encoder.setWithFormattedMessage(true);
        // The message with gaps and what fills them says nothing more.
        encoder.setWithMessage(false);
        encoder.setWithArguments(false);
        encoder.setWithContext(false);
        encoder.setWithSequenceNumber(false);
        encoder.setWithNanoseconds(false);
        encoder.setWithMDC(false);
        encoder.setWithMarkers(false);
        encoder.setWithKVPList(false);
        encoder.start();
        return encoder;
    }

    /** As it is written on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
