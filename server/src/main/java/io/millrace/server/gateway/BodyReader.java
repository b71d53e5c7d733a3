package io.millrace.server.gateway;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.wire.ColumnBytes;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Reads the body of a request from its first token to its last. Each value is read from its text,
 * so that a float is the one nearest to what was written. What is wrong is an exception with code
 * BAD_INPUT, and {@link #key} tells where.
 *
 * <p>Threading: one thread.
 */
final class BodyReader implements AutoCloseable {
    /** Columns of a request nest three deep. */
    private static final int MOST_DEPTH = 8;

    private static final int LONGEST_NUMBER = 64;
    private static final int LONGEST_KEY = 256;
    private static final int SHOWN_CHARS = 40;

    private static final JsonFactory JSON =
            JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(
                            StreamReadConstraints.builder()
                                    .maxNestingDepth(MOST_DEPTH)
                                    .maxNumberLength(LONGEST_NUMBER)
                                    .maxNameLength(LONGEST_KEY)
                                    .maxStringLength(ColumnBytes.MAX_TEXT_BYTES)
                                    .build())
                    .build();

    private final JsonParser parser;
    private @Nullable String missing;

    BodyReader(byte[] body) {
        try {
            parser = JSON.createParser(body);
        } catch (IOException e) {
            throw new MillraceException(
                    ErrorCode.BAD_INPUT, "cannot read the body: " + e.getMessage(), e);
        }
    }

    /** Reads the one object that a body is. */
    void whole(Consumer<String> field) {
        if (next() == null) {
            throw MillraceException.badInput("no body; write a json object");
        }
        object(field);
        if (next() != null) {
            throw MillraceException.badInput(
                    "more than one value: line=%d, column=%d; write one json object",
                    parser.currentLocation().getLineNr(), parser.currentLocation().getColumnNr());
        }
    }

    /** Reads an object; told of each name, the consumer reads its value. */
    void object(Consumer<String> field) {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw wrong("not an object");
        }
        while (next() != JsonToken.END_OBJECT) {
            String name = name();
            next();
            field.accept(name);
        }
    }

    /** Reads an array; the action reads each value. */
    void array(Runnable value) {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw wrong("not an array");
        }
        while (next() != JsonToken.END_ARRAY) {
            value.run();
        }
    }

    boolean isNull() {
        return parser.currentToken() == JsonToken.VALUE_NULL;
    }

    boolean isText() {
        return parser.currentToken() == JsonToken.VALUE_STRING;
    }

    /** An id: a number, or a string of its digits for those whose numbers are floats. */
    long id() {
        if (isText()) {
            String digits = rawText();
            try {
                return Long.parseLong(digits);
            } catch (NumberFormatException e) {
                throw wrong("not an id");
            }
        }
        return whole(Long.MIN_VALUE, Long.MAX_VALUE);
    }

    /** A whole number in a range. */
    long whole(long min, long max) {
        if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT) {
            throw wrong("not a whole number");
        }
        long value;
        try {
            value = Long.parseLong(rawText());
        } catch (NumberFormatException e) {
            throw outOfRange(min, max);
        }
        if (value < min || value > max) {
            throw outOfRange(min, max);
        }
        return value;
    }

    private MillraceException outOfRange(long min, long max) {
        return MillraceException.badInput(
                "number out of range: key=%s, value=%s, limit=%d to %d; change it",
                key(), shown(), min, max);
    }

    /** A number that a double can hold. */
    double number() {
        double value = Double.parseDouble(digits());
        if (Double.isInfinite(value)) {
            throw wrong("number out of range");
        }
        return value;
    }

    /** A number that a float can hold. */
    float single() {
        float value = Float.parseFloat(digits());
        if (Float.isInfinite(value)) {
            throw wrong("number out of range");
        }
        return value;
    }

    private String digits() {
        if (!parser.currentToken().isNumeric()) {
            throw wrong("not a number");
        }
        return rawText();
    }

    boolean flag() {
        return switch (parser.currentToken()) {
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> throw wrong("neither true nor false");
        };
    }

    /** A text that UTF-8 can hold. */
    String text() {
        if (!isText()) {
            throw wrong("not a string");
        }
        String text = rawText();
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw MillraceException.badInput(
                    "not unicode: key=%s; a surrogate stands alone, write both", key());
        }
        return text;
    }

    /** A text of so many bytes in UTF-8 at most. */
    String text(int mostBytes) {
        String text = text();
        if (text.getBytes(StandardCharsets.UTF_8).length > mostBytes) {
            throw MillraceException.badInput(
                    "text too long: key=%s, limit=%d bytes; shorten it", key(), mostBytes);
        }
        return text;
    }

    /** What is wrong with the value being read. */
    MillraceException wrong(String what) {
        return MillraceException.badInput("%s: key=%s, value=%s; correct it", what, key(), shown());
    }

    /** A field that the body should have had. */
    MillraceException missing(String name) {
        String place = key();
        missing = place.isEmpty() ? name : place + "." + name;
        return MillraceException.badInput("missing: key=%s; add it", missing);
    }

    /** Where the reader stands, as in {@code events[2].kind}; empty outside of any field. */
    String key() {
        if (missing != null) {
            return missing;
        }
        Deque<JsonStreamContext> steps = new ArrayDeque<>();
        for (JsonStreamContext at = parser.getParsingContext(); at != null; at = at.getParent()) {
            steps.push(at);
        }
        StringBuilder path = new StringBuilder();
        for (JsonStreamContext step : steps) {
            if (step.inArray() && step.hasCurrentIndex()) {
                path.append('[').append(step.getCurrentIndex()).append(']');
            } else if (step.inObject() && step.getCurrentName() != null) {
                path.append(path.isEmpty() ? "" : ".").append(step.getCurrentName());
            }
        }
        return path.toString();
    }

    private String shown() {
        return switch (parser.currentToken()) {
            case START_OBJECT -> "{…}";
            case START_ARRAY -> "[…]";
            case VALUE_STRING -> "\"" + shortened(rawText()) + "\"";
            default -> shortened(rawText());
        };
    }

    private static String shortened(String text) {
        return text.length() <= SHOWN_CHARS ? text : text.substring(0, SHOWN_CHARS) + "…";
    }

    private String name() {
        try {
            return parser.currentName();
        } catch (IOException e) {
            throw broken(e);
        }
    }

    private String rawText() {
        try {
            return parser.getText();
        } catch (IOException e) {
            throw broken(e);
        }
    }

    private @Nullable JsonToken next() {
        try {
            return parser.nextToken();
        } catch (IOException e) {
            throw broken(e);
        }
    }

    private static MillraceException broken(IOException e) {
        String where = "";
        String why = String.valueOf(e.getMessage());
        if (e instanceof JacksonException json) {
            why = json.getOriginalMessage();
            if (json.getLocation() != null) {
                where =
                        String.format(
                                Locale.ROOT,
                                "line=%d, column=%d, ",
                                json.getLocation().getLineNr(),
                                json.getLocation().getColumnNr());
            }
        }
        // The first line, without what only whoever configures the parser can use.
        String reason = why.lines().findFirst().orElse("").replaceAll(", from `[^`]*`", "");
        return new MillraceException(
                ErrorCode.BAD_INPUT,
                "not json: " + where + "reason=" + reason + "; correct the body",
                e);
    }

    @Override
    public void close() {
        try {
            parser.close();
        } catch (IOException e) {
            throw broken(e);
        }
    }
}
