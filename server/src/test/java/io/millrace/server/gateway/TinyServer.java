package io.millrace.server.gateway;

import io.millrace.server.MillraceServer;
import io.millrace.server.TestServers;
import io.millrace.server.TinyBundle;
import io.millrace.server.config.ServerConfig;

import java.io.IOException;
import java.nio.file.Path;

/** Servers of a {@link TinyBundle} with an admin port. */
public final class TinyServer {
    static final int ITEMS = 200;
    static final int USERS = 20;

    private TinyServer() {}

    /** Writes the bundle into a folder, and serves it. */
    public static MillraceServer start(Path folder) throws IOException {
        return serve(new TinyBundle(ITEMS, USERS).write(folder.resolve("bundle")));
    }

    /** Serves a bundle that is written. */
    static MillraceServer serve(Path bundle) {
        ServerConfig config =
                TestServers.config()
                        .with("bundle", bundle.toString())
                        .with("network.adminPort", 0)
                        .with("funnel.candidates", 100)
                        .with("funnel.warmUpRequests", 0);
        return MillraceServer.start(config);
    }

    /** Where it keeps what changes. */
    static Path state(Path folder) {
        return folder.resolve("bundle.state");
    }
}
