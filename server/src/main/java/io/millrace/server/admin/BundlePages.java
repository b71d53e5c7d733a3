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
import io.millrace.server.security.Permission;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/**
 * The pages {@code /bundle} and {@code /bundle/rollback}: which bundle is served, and another one.
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
                Route.get("/bundle", Permission.ADMIN, call -> told(() -> status(200))),
                change("/bundle", call -> source.beginSwap(directory(call.body()))),
                change("/bundle/rollback", call -> source.beginRollback()));
    }

    private Route change(String path, Begin begin) {
        return new Route(
                "POST",
                path,
                Permission.ADMIN,
                (call, reply) -> reply.accept(told(() -> answer(call, begin))));
    }

    private HttpAnswer answer(HttpCall call, Begin begin) {
        HttpAnswer refusal = BrowserCheck.refusal(call, isLocal);
        if (refusal != null) {
            return refusal;
        }
        begin.begin(call);
        return status(ACCEPTED);
    }

    private HttpAnswer status(int code) {
        return AdminPages.json(source.bundle()).withStatus(code);
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
            JsonNode directory = Json.mapper().readTree(new String(body, UTF_8)).path("directory");
            if (directory.isTextual() && !directory.asText().isBlank()) {
                return Path.of(directory.asText());
            }
        } catch (JsonProcessingException e) {
            throw new MillraceException(
                    ErrorCode.USAGE, "not a request: " + e.getOriginalMessage(), e);
        } catch (InvalidPathException e) {
            throw new MillraceException(ErrorCode.USAGE, "not a path: " + e.getMessage(), e);
        }
        throw MillraceException.usage("name a bundle, as in {\"directory\": \"/data/bundle\"}");
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
