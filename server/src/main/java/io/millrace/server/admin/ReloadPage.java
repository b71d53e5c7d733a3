package io.millrace.server.admin;

import io.millrace.core.error.MillraceException;
import io.millrace.server.http.HttpAnswer;
import io.millrace.server.http.HttpCall;
import io.millrace.server.http.Route;
import io.millrace.server.security.ServerSecurity;
import io.millrace.server.security.tokens.Permission;

import java.util.function.Consumer;

/**
 * The page {@code /reload}: reads certificates and tokens again at once.
 *
 * <p>Threading: asked on the event loop; files are read on a virtual thread.
 */
final class ReloadPage {
    private static final int CONFLICT = 409;

    private final LaterAnswers later;
    private final ServerSecurity security;
    private final boolean isLocal;

    /**
     * The page.
     *
     * @param later gives answers
     * @param security to be read again
     * @param isLocal whether only this machine is listened to
     */
    ReloadPage(LaterAnswers later, ServerSecurity security, boolean isLocal) {
        this.later = later;
        this.security = security;
        this.isLocal = isLocal;
    }

    Route route() {
        return new Route("POST", "/reload", Permission.ADMIN, this::answer);
    }

    private void answer(HttpCall call, Consumer<HttpAnswer> reply) {
        HttpAnswer refusal = BrowserCheck.refusal(call, isLocal);
        if (refusal != null) {
            reply.accept(refusal);
            return;
        }
        Thread.ofVirtual().name("millrace-reload-0").start(() -> later.give(reply, reloaded()));
    }

    private HttpAnswer reloaded() {
        try {
            return AdminPages.json(security.reload());
        } catch (MillraceException e) {
            return HttpAnswer.error(CONFLICT, "CONFLICT", e.getMessage());
        }
    }
}
