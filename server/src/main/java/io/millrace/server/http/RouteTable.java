package io.millrace.server.http;

import io.millrace.server.security.tokens.Permission;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Finds what answers a request.
 *
 * <p>Threading: immutable.
 */
final class RouteTable {
    private static final Logger LOG = LoggerFactory.getLogger(RouteTable.class);
    private static final int SHOWN_CHARS = 100;

    private final Map<String, Map<String, Route>> routes = new LinkedHashMap<>();

    RouteTable(List<Route> all) {
        for (Route route : all) {
            Map<String, Route> methods =
                    routes.computeIfAbsent(route.path(), path -> new TreeMap<>());
            if (methods.put(route.method(), route) != null) {
                throw new IllegalArgumentException(
                        "two routes: " + route.method() + " " + route.path());
            }
        }
    }

    /**
     * Answers a request, whatever the route does.
     *
     * @param refusal tells by what a route takes why it may not be asked for; null where it may
     */
    void answer(
            HttpCall call,
            Function<Permission, @Nullable HttpAnswer> refusal,
            Consumer<HttpAnswer> reply) {
        Map<String, Route> methods = routes.get(call.path());
        if (methods == null) {
            reply.accept(notFound(call.path()));
            return;
        }
        // What a page says of itself follows from the page.
        Route route = methods.get(call.method().equals("HEAD") ? "GET" : call.method());
        if (route == null) {
            reply.accept(notAllowed(call, methods));
            return;
        }
        HttpAnswer refused = refusal.apply(route.permission());
        if (refused != null) {
            reply.accept(refused);
            return;
        }
        try {
            route.handler().answer(call, reply);
        } catch (RuntimeException e) { // One broken route must not take the others with it.
            LOG.error("request failed: path={}", call.path(), e);
            reply.accept(HttpAnswer.internalError());
        }
    }

    private HttpAnswer notFound(String path) {
        String shown = path.substring(0, Math.min(path.length(), SHOWN_CHARS));
        return HttpAnswer.error(
                404,
                "NOT_FOUND",
                "no such path: path=" + shown + "; there are " + String.join(" ", routes.keySet()));
    }

    private static HttpAnswer notAllowed(HttpCall call, Map<String, Route> methods) {
        String allowed =
                methods.keySet().stream()
                        .map(method -> method.equals("GET") ? "GET, HEAD" : method)
                        .collect(Collectors.joining(", "));
        return HttpAnswer.error(
                        405,
                        "METHOD_NOT_ALLOWED",
                        "no such method of the path: method="
                                + call.method()
                                + ", path="
                                + call.path()
                                + "; take "
                                + allowed)
                .with("allow", allowed);
    }
}
