package io.millrace.server.http;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;

/**
 * A request that has arrived as a whole.
 *
 * @param method such as {@code GET}
 * @param path decoded, without the query
 * @param query the values of each parameter
 * @param host that the peer believes to speak to, null where it said none
 * @param contentType of the body, null where none was said
 * @param body belongs to the receiver
 * @param arrivalNs when it was whole, by {@link System#nanoTime}
 */
@SuppressWarnings("ArrayRecordComponent") // Handed on once, compared by nobody.
public record HttpCall(
        String method,
        String path,
        Map<String, List<String>> query,
        @Nullable String host,
        @Nullable String contentType,
        byte[] body,
        long arrivalNs) {}
