package io.millrace.server;

import io.millrace.server.WireClient.Result;
import io.millrace.server.config.ServerConfig;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** A server of a bundle that is stopped and started again, and a connection to it. */
final class RestartedServer implements AutoCloseable {
    private static final int SCANNED = ServerConfig.defaults().changes().scannedUpserted();

    private final Path bundle;
    private final int scannedUpserted;
    private MillraceServer server;
    private WireClient client;

    RestartedServer(Path bundle) throws IOException {
        this(bundle, SCANNED);
    }

    /** One that brings upserted items into a graph where they are more than that. */
    RestartedServer(Path bundle, int scannedUpserted) throws IOException {
        this.bundle = bundle;
        this.scannedUpserted = scannedUpserted;
        server = MillraceServer.start(config());
        client = new WireClient(server.port());
    }

    /** What it runs with unless told otherwise. */
    ServerConfig config() {
        return TestServers.config()
                .with("bundle", bundle.toString())
                .with("threads.workers", 2)
                .with("funnel.candidates", 100)
                .with("changes.scannedUpserted", scannedUpserted)
                .with("funnel.warmUpRequests", 0);
    }

    Result ask(byte[] frame) throws IOException {
        return client.ask(frame);
    }

    WireClient client() {
        return client;
    }

    /** A connection of its own, which the caller closes. */
    WireClient connect() throws IOException {
        return new WireClient(server.port());
    }

    MillraceServer server() {
        return server;
    }

    void restart(ServerConfig config) throws IOException {
        close();
        server = MillraceServer.start(config);
        client = new WireClient(server.port());
    }

    /** Starts it again; without its stores only the journal tells what has changed. */
    void restart(boolean hasStores) throws IOException {
        close();
        if (!hasStores) {
            removeStores(state());
        }
        restart(config());
    }

    /** Where stores and journal stand. */
    Path state() throws IOException {
        return state(bundle);
    }

    static Path state(Path bundle) throws IOException {
        try (Stream<Path> entries = Files.list(Path.of(bundle + ".state"))) {
            return entries.findFirst().orElseThrow();
        }
    }

    static void removeStores(Path state) throws IOException {
        try (Stream<Path> entries = Files.list(state)) {
            for (Path file : entries.toList()) {
                if (file.getFileName().toString().matches("(users|items)\\..*")) {
                    Files.delete(file);
                }
            }
        }
    }

    @Override
    public void close() throws IOException {
        client.close();
        server.close();
    }
}
