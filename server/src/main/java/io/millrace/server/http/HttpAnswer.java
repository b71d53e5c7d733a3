package io.millrace.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.jspecify.annotations.Nullable;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What a request is answered with.
 *
 * @param status of HTTP
 * @param contentType of the body
 * @param body belongs to the answer
 * @param headers beyond those that follow from the rest
 * @param refusal why the request was refused here; null where it was answered, or refused by whom
 *     it was handed to
 */
@SuppressWarnings("ArrayRecordComponent") // Written once, compared by nobody.
public record HttpAnswer(
        int status,
        String contentType,
        byte[] body,
        Map<String, String> headers,
        @Nullable String refusal) {
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String JSON = "application/json";
    private static final Pattern LINE_BREAKING =
            Pattern.compile("[\\p{Cntrl}\\u0085\\u2028\\u2029]");

    /** Copies the headers. */
    public HttpAnswer {
        headers = Map.copyOf(headers);
    }

    /**
     * Plain text.
     *
     * @param status of HTTP
     * @param body ends with a line feed
     * @return the answer
     */
    public static HttpAnswer text(int status, String body) {
        return text(status, TEXT, body);
    }

    /**
     * Text of some form.
     *
     * @param status of HTTP
     * @param contentType of the body
     * @param body ends with a line feed
     * @return the answer
     */
    public static HttpAnswer text(int status, String contentType, String body) {
        return bytes(status, contentType, body.getBytes(UTF_8));
    }

    /**
     * Bytes of some form.
     *
     * @param status of HTTP
     * @param contentType of the body
     * @param body belongs to the answer
     * @return the answer
     */
    public static HttpAnswer bytes(int status, String contentType, byte[] body) {
        return new HttpAnswer(status, contentType, body, Map.of(), null);
    }

    /**
     * JSON.
     *
     * @param body a whole value
     * @return an answer with status 200
     */
    public static HttpAnswer json(String body) {
        return text(200, JSON, body + "\n");
    }

    /**
     * What every request that was not answered is told: {@code {"status":…,"message":…}}.
     *
     * @param status of HTTP
     * @param name of the outcome
     * @param message one line
     * @return the answer
     */
    public static HttpAnswer error(int status, String name, String message) {
        return error(status, name, message, null);
    }

    /**
     * Told where making an answer failed, whose reason is the log's alone.
     *
     * @return an answer with status 500
     */
    public static HttpAnswer internalError() {
        return error(500, "INTERNAL", "internal error; see the server's log");
    }

    /**
     * The same, with the key of the body that was wrong.
     *
     * @param status of HTTP
     * @param name of the outcome
     * @param message one line
     * @param key as in {@code events[2].kind}; null where none is to blame
     * @return the answer
     */
    public static HttpAnswer error(int status, String name, String message, @Nullable String key) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.put("status", name).put("message", inOneLine(message));
        if (key != null) {
            body.put("key", inOneLine(key));
        }
        return text(status, JSON, body + "\n").refusing(name);
    }

    private HttpAnswer refusing(String reason) {
        return new HttpAnswer(status, contentType, body, headers, reason);
    }

    /**
     * The same, of one that others refused and have counted.
     *
     * @return the answer
     */
    public HttpAnswer refusedElsewhere() {
        return new HttpAnswer(status, contentType, body, headers, null);
    }

    /** What a peer has sent, and is told again, may hold anything. */
    private static String inOneLine(String text) {
        return LINE_BREAKING.matcher(text).replaceAll(" ");
    }

    /**
     * The same with another status.
     *
     * @param other of HTTP
     * @return the answer
     */
    public HttpAnswer withStatus(int other) {
        return new HttpAnswer(other, contentType, body, headers, refusal);
    }

    /**
     * Adds a header.
     *
     * @param name of the header
     * @param value of the header
     * @return the answer with it
     */
    public HttpAnswer with(String name, String value) {
        Map<String, String> more = new HashMap<>(headers);
        more.put(name, value);
        return new HttpAnswer(status, contentType, body, more, refusal);
    }
}
