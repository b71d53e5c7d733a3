package io.millrace.cli.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.Encoder;

import com.fasterxml.jackson.databind.JsonNode;

import io.millrace.cli.CommandRun;
import io.millrace.core.json.Json;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

@ResourceLock(Resources.SYSTEM_ERR)
class LogFormatTest {
    private static final Logger LOG = LoggerFactory.getLogger(LogFormatTest.class);

    private final PrintStream before = System.err;
    private final Encoder<ILoggingEvent> encoder = appender().getEncoder();
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();

    private static OutputStreamAppender<ILoggingEvent> appender() {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        return (OutputStreamAppender<ILoggingEvent>)
                context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender("stderr");
    }

    @AfterEach
    void restore() {
        System.setErr(before);
        appender().setEncoder(encoder);
    }

    @Test
    void shouldWriteOneObjectALineWhenJsonIsWanted() throws IOException {
        LogFormat.JSON.apply();
        System.setErr(new PrintStream(written, true, StandardCharsets.UTF_8));
        LOG.warn("disk is full: path={}, free={}", "/a \"b\"\nc", 7);
        LOG.error("request failed", new IllegalStateException("a\nb", new IOException("why")));
        List<String> lines = written.toString(StandardCharsets.UTF_8).lines().toList();
        assertEquals(2, lines.size(), lines.toString());
        JsonNode warning = Json.mapper().readTree(lines.get(0));
        assertEquals(
                Set.of(
                        "timestamp",
                        "level",
                        "threadName",
                        "loggerName",
                        "formattedMessage",
                        "throwable"),
                keys(warning));
        assertTrue(warning.get("throwable").isNull(), warning.toString());
        assertEquals("WARN", warning.get("level").asText());
        assertEquals(LogFormatTest.class.getName(), warning.get("loggerName").asText());
        assertEquals(
                "disk is full: path=/a \"b\"\nc, free=7", warning.get("formattedMessage").asText());
        long agoMs = System.currentTimeMillis() - warning.get("timestamp").asLong();
        assertTrue(agoMs >= 0 && agoMs < 60_000, warning.toString());
        JsonNode thrown = Json.mapper().readTree(lines.get(1)).get("throwable");
        assertEquals(IllegalStateException.class.getName(), thrown.get("className").asText());
        assertEquals("a\nb", thrown.get("message").asText());
        assertEquals("why", thrown.get("cause").get("message").asText());
        assertTrue(thrown.get("stepArray").size() > 1, thrown.toString());
    }

    private static Set<String> keys(JsonNode node) {
        Set<String> keys = new HashSet<>();
        node.fieldNames().forEachRemaining(keys::add);
        return keys;
    }

    @Test
    void shouldWriteJsonWhenServeIsToldTo() {
        String elsewhere = "serve --bundle nowhere --port 0 --admin-port -1 --log-format ";
        CommandRun run = CommandRun.of((elsewhere + "json").split(" ", -1));
        assertEquals(1, run.code(), run.err());
        assertInstanceOf(JsonEncoder.class, appender().getEncoder());
        CommandRun unknown = CommandRun.of((elsewhere + "xml").split(" ", -1));
        assertEquals(2, unknown.code());
        assertTrue(unknown.err().contains("--log-format"), unknown.err());
    }

    @Test
    void shouldLeaveTheLogAsItIsWhenTextIsWanted() {
        LogFormat.TEXT.apply();
        assertSame(encoder, appender().getEncoder());
    }
}
