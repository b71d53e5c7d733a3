package io.millrace.server.admin;

import io.millrace.core.error.MillraceException;
import io.millrace.server.http.HttpAnswer;
import io.millrace.server.http.HttpCall;
import io.millrace.server.http.Route;
import io.millrace.server.security.ServerSecurity;
import io.millrace.server.security.tokens.Permission;
import io.netty.channel.EventLoopGroup;

import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * The page {@code /reload}: reads certificates and tokens again at once.
 *
 * <p>Threading: asked on the event loop; files are read on a virtual thread.
 */
final class ReloadPage {
    private static final int CONFLICT = 409;

    private final EventLoopGroup loop;
    private final ServerSecurity security;
    private final boolean isLocal;

    /**
     * The page.
     *
     * @param loop the one event loop that runs the routes
     * @param security to be read again
     * @param isLocal whether only this machine is listened to
     */
    ReloadPage(EventLoopGroup loop, ServerSecurity security, boolean isLocal) {
        this.loop = loop;
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
        Thread.ofVirtual().name("millrace-reload-0").start(() -> tell(reply, reloaded()));
    }

    private HttpAnswer reloaded() {
        try {
            return AdminPages.json(security.reload());
        } catch (MillraceException e) {
            return HttpAnswer.error(CONFLICT, "CONFLICT", e.getMessage());
        }
    }

    private void tell(Consumer<HttpAnswer> reply, HttpAnswer answer) {
        try {
            loop.execute(() -> reply.accept(answer));
        } catch (RejectedExecutionException closed) {
            // The server has ended, and with it the connection that waited.
            return;
        }
    }
}
