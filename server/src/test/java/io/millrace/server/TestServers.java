package io.millrace.server;

import io.millrace.server.config.ServerConfig;
import io.millrace.server.config.ServerConfig.Idle;
import io.millrace.server.config.ServerConfig.TransportChoice;

/** Configurations for tests: any free port, no admin pages, one worker. */
public final class TestServers {
    private TestServers() {}

    public static ServerConfig config() {
        return ServerConfig.defaults()
                .with("network.port", 0)
                .with("network.adminPort", -1)
                .with("threads.workers", 1)
                .with("threads.idle", Idle.PARK);
    }

    public static ServerConfig config(TransportChoice transport) {
        return config().with("network.transport", transport);
    }
}
