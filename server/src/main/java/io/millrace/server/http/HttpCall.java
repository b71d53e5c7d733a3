package io.millrace.server.http;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

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
        long arrivalNs) {
    private static final Pattern JSON =
            Pattern.compile(
                    "application/json\\s*(;\\s*charset\\s*=\\s*\"?utf-8\"?\\s*)?",
                    Pattern.CASE_INSENSITIVE);
    private static final Pattern LOCAL_HOST =
            Pattern.compile(
                    "(localhost|127(\\.[0-9]{1,3}){3}|\\[::1])(:[0-9]{1,5})?",
                    Pattern.CASE_INSENSITIVE);

    /**
     * Whether the body is said to be JSON. A browser says so to a server of another origin only
     * where that one allows it.
     *
     * @return true for {@code application/json} in UTF-8
     */
    public boolean isJson() {
        return contentType != null && JSON.matcher(contentType).matches();
    }

    /**
     * Whether the peer speaks to this machine by a name that only it has for itself: a page that
     * another host has given that name does not.
     *
     * @return true also where the peer said no name, as no browser does
     */
    public boolean isForLocalHost() {
        return host == null || LOCAL_HOST.matcher(host).matches();
    }
}
