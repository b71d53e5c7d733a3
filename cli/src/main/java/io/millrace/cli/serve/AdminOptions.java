package io.millrace.cli.serve;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which admin pages a command asks, and how it may. */
final class AdminOptions {
    @Mixin private SecurityOptions security;

    @Option(
            names = "--admin",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:7312",
            converter = Target.Converter.class,
            description = "The server's admin pages. Default: ${DEFAULT-VALUE}.")
    private Target admin;

    /** A connection to them, which the caller closes. */
    AdminClient connect() {
        return new AdminClient(admin.guarded(security.security()));
    }
}
