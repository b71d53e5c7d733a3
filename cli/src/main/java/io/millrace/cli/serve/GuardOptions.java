package io.millrace.cli.serve;

import io.millrace.server.config.ServerConfig;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.nio.file.Path;

/** How a server is guarded (docs/security.md). */
public final class GuardOptions {
    @Option(
            names = "--tls-certificate",
            paramLabel = "FILE",
            description = "Certificate of the server (PEM), for both ports. Default: no TLS.")
    private @Nullable Path certificate;

    @Option(
            names = "--tls-key",
            paramLabel = "FILE",
            description = "Its private key (PEM, PKCS#8).")
    private @Nullable Path key;

    @Option(
            names = "--tls-clients",
            paramLabel = "FILE",
            description = "Let in only clients with a certificate that one of these (PEM) signed.")
    private @Nullable Path clients;

    @Option(
            names = "--tokens",
            paramLabel = "FILE",
            description = "Let in only who has one of these tokens, as millrace token makes them.")
    private @Nullable Path tokens;

    /** Filled by picocli. */
    public GuardOptions() {}

    /** The configuration with what was given here. */
    ServerConfig applyTo(ServerConfig config) {
        ServerConfig changed = with(config, "tls.certificate", certificate);
        changed = with(changed, "tls.key", key);
        changed = with(changed, "tls.clients", clients);
        return with(changed, "tokens.file", tokens);
    }

    private static ServerConfig with(ServerConfig config, String name, @Nullable Path value) {
        return value == null ? config : config.with(name, value.toString());
    }
}
