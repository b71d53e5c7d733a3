package io.millrace.server.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.json.Json;
import io.millrace.server.http.HttpAnswer;
import io.millrace.server.http.HttpCall;
import io.millrace.server.http.Route;
import io.millrace.server.security.tokens.Permission;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/**
 * The pages {@code /bundle}, {@code /bundle/rollback}, {@code /snapshot} and {@code /restore}:
 * which bundle is served, another one, and its state as it was.
 */
final class BundlePages {
    private static final int ACCEPTED = 202;

    private final AdminSource source;
    private final boolean isLocal;

    /**
     * The pages.
     *
     * @param source of what is told, and done
     * @param isLocal whether only this machine is listened to
     */
    BundlePages(AdminSource source, boolean isLocal) {
        this.source = source;
        this.isLocal = isLocal;
    }

    List<Route> routes() {
        return List.of(
                Route.get(
                        "/bundle",
                        Permission.ADMIN,
                        call -> told(() -> AdminPages.json(source.bundle()))),
                change("/bundle", call -> source.beginSwap(directory(call.body())), source::bundle),
                change("/bundle/rollback", call -> source.beginRollback(), source::bundle),
                Route.get(
                        "/snapshot",
                        Permission.ADMIN,
                        call -> told(() -> AdminPages.json(source.snapshot()))),
                change(
                        "/snapshot",
                        call -> source.beginSnapshot(name(call.body())),
                        source::snapshot),
                change("/restore", call -> source.beginRestore(name(call.body())), source::bundle));
    }

    private Route change(String path, Begin begin, Supplier<?> status) {
        return new Route(
                "POST",
                path,
                Permission.ADMIN,
                (call, reply) -> reply.accept(told(() -> answer(call, begin, status))));
    }

    private HttpAnswer answer(HttpCall call, Begin begin, Supplier<?> status) {
        HttpAnswer refusal = BrowserCheck.refusal(call, isLocal);
        if (refusal != null) {
            return refusal;
        }
        begin.begin(call);
        return AdminPages.json(status.get()).withStatus(ACCEPTED);
    }

    /** What it is, or why not. */
    private static HttpAnswer told(Answering answering) {
        try {
            return answering.answer();
        } catch (MillraceException e) {
            boolean isBusy = e.code() == ErrorCode.UNAVAILABLE;
            return HttpAnswer.error(
                    isBusy ? 409 : 400, isBusy ? "CONFLICT" : "BAD_REQUEST", e.getMessage());
        }
    }

    private static Path directory(byte[] body) {
        try {
            return Path.of(text(body, "directory", "bundle", "/data/bundle"));
        } catch (InvalidPathException e) {
            throw new MillraceException(ErrorCode.USAGE, "not a path: " + e.getMessage(), e);
        }
    }

    private static String name(byte[] body) {
        return text(body, "name", "snapshot", "2026-11-22");
    }

    private static String text(byte[] body, String key, String what, String example) {
        try {
            JsonNode value = Json.mapper().readTree(new String(body, UTF_8)).path(key);
            if (value.isTextual() && !value.asText().isBlank()) {
                return value.asText();
            }
        } catch (JsonProcessingException e) {
            throw new MillraceException(
                    ErrorCode.USAGE, "not a request: " + e.getOriginalMessage(), e);
        }
        throw MillraceException.usage("name a %s, as in {\"%s\": \"%s\"}", what, key, example);
    }

    /** Begins a change. */
    private interface Begin {
        void begin(HttpCall call);
    }

    /** Answers, or says why not. */
    private interface Answering {
        HttpAnswer answer();
    }
}
