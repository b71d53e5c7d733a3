package io.millrace.cli.serve;

import io.millrace.cli.console.CommonOptions;
import io.millrace.cli.console.LogFormat;
import io.millrace.cli.console.Texts;
import io.millrace.core.json.Json;
import io.millrace.core.metrics.Figures;
import io.millrace.core.metrics.ProcessMemory;
import io.millrace.server.MillraceServer;
import io.millrace.server.config.ConfigEnvironment;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.config.ServerConfig.TransportChoice;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** {@code millrace serve}. */
@Command(
        name = "serve",
        description = {
            "%nServes a bundle: frames on one port (docs/protocol.md), requests in JSON"
                + " (docs/gateway.md), health, metrics and statistics on the admin port. SIGTERM or"
                + " Ctrl-C: what is in flight is answered, then it ends with 0. Options win over"
                + " the configuration file.%n"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  millrace serve --bundle bundle",
            "  millrace serve --bundle bundle --port 0 --admin-port -1 --workers 2",
            "  millrace serve --bundle bundle --recall 0.9",
            "  millrace serve --bundle bundle --tls-certificate server.pem --tls-key server.key"
                    + " --tokens tokens.json",
            "  millrace serve --config server.yaml --set limits.inFlight=256    "
                    + " (docs/configuration.md)"
        })
public final class ServeCommand implements Runnable {
    @Mixin CommonOptions common;
    @Mixin GuardOptions guard;

    @Option(
            names = "--bundle",
            paramLabel = "BUNDLE",
            description = "Folder of the bundle; may stand in the configuration instead.")
    private @Nullable Path bundle;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description =
                    "Configuration as JSON, or as YAML where its name ends so; keys left out keep"
                            + " their default. Over it go variables of the environment, as in"
                            + " MILLRACE_SERVE_LIMITS_IN_FLIGHT=256, over these --set, over that"
                            + " the other options.")
    private @Nullable Path file;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Set a key of the configuration, as in limits.inFlight=256.")
    private Map<String, String> keys = new LinkedHashMap<>();

    @Option(
            names = "--print-config",
            description = "Print the effective configuration as JSON and end.")
    private boolean isPrinted;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "Port for frames, 0 for any free one. Default: 7311.")
    private @Nullable Integer port;

    @Option(
            names = "--admin-port",
            paramLabel = "PORT",
            description =
                    "Port for admin pages and requests in JSON, 0 for any, -1 for none. Default:"
                            + " 7312.")
    private @Nullable Integer adminPort;

    @Option(
            names = "--host",
            paramLabel = "HOST",
            description = "Address to listen on for frames. Default: 127.0.0.1.")
    private @Nullable String host;

    @Option(
            names = "--allow-remote",
            description = "Listen on other addresses than loopback without TLS.")
    private boolean isRemoteAllowed;

    @Option(
            names = "--workers",
            paramLabel = "N",
            description = "Threads that answer requests. Default: one for each processor.")
    private @Nullable Integer workers;

    @Option(
            names = "--transport",
            paramLabel = "NAME",
            description = "How sockets are waited for: ${COMPLETION-CANDIDATES}. Default: auto.")
    private @Nullable TransportChoice transport;

    @Option(
            names = "--recall",
            paramLabel = "R",
            description =
                    "Search as broadly as this recall needs, as in 0.95; for bundles of millrace"
                            + " build --recall. Default: what the bundle was built for.")
    private @Nullable Double recall;

    @Option(
            names = "--state",
            paramLabel = "DIR",
            description = "Folder of what the server keeps. Default: BUNDLE.state.")
    private @Nullable Path state;

    @Option(
            names = "--log",
            paramLabel = "DIR",
            description =
                    "Log impressions with their features in this folder (docs/impression-log.md)."
                            + " Default: none.")
    private @Nullable Path log;

    @Option(
            names = "--hiccup-log",
            paramLabel = "FILE",
            description = "Write the hiccups of this machine, in jHiccup's format. Default: none.")
    private @Nullable Path hiccupLog;

    @Option(
            names = "--log-format",
            paramLabel = "FORMAT",
            description =
                    "How the server's own log is written to the error stream:"
                            + " ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private LogFormat logFormat = LogFormat.TEXT;

    /** Filled by picocli. */
    public ServeCommand() {}

    @Override
    public void run() {
        logFormat.apply();
        common.validate();
        CommonOptions.validateFile("--hiccup-log", hiccupLog);
        ServerConfig config = config();
        if (isPrinted) {
            common.out().println(Json.mapper().valueToTree(config).toPrettyString());
            return;
        }
        common.warnOfSmallPages();
        StopSignal stop = StopSignal.install();
        PrintWriter out = common.out();
        MillraceServer served;
        Figures figures;
        try (MillraceServer server = MillraceServer.start(config, common.progress())) {
            served = server;
            announce(server, out);
            stop.await();
            out.println("stopping: what is in flight is answered");
            // Threads that have ended tell no longer what they allocated.
            figures = figures(server);
        }
        out.println("stopped after " + Texts.count(served.requestsServed()) + " requests");
        common.write(figures.put("served", served.requestsServed()));
    }

    private ServerConfig config() {
        ServerConfig config = file == null ? ServerConfig.defaults() : ServerConfig.read(file);
        config = ConfigEnvironment.applyTo(config, System.getenv());
        for (Map.Entry<String, String> key : keys.entrySet()) {
            config = config.withText(key.getKey(), key.getValue(), "option=--set");
        }
        config = with(config, "bundle", bundle == null ? null : bundle.toString());
        config = with(config, "state", state == null ? null : state.toString());
        config = with(config, "hiccupLog", hiccupLog == null ? null : hiccupLog.toString());
        config = with(config, "log.folder", log == null ? null : log.toString());
        config = with(config, "network.host", host);
        config = with(config, "network.port", port);
        config = with(config, "network.adminPort", adminPort);
        config = with(config, "network.allowRemote", isRemoteAllowed ? Boolean.TRUE : null);
        config = with(config, "network.transport", transport);
        config = with(config, "threads.workers", workers);
        config = with(config, "funnel.recall", recall);
        config = guard.applyTo(config);
        config.bundleDirectory();
        return config;
    }

    private static ServerConfig with(ServerConfig config, String key, @Nullable Object value) {
        return value == null ? config : config.with(key, value);
    }

    private static void announce(MillraceServer server, PrintWriter out) {
        ServerConfig.NetworkConfig network = server.config().network();
        out.println(
                "serving "
                        + server.config().bundleDirectory()
                        + " on "
                        + network.host()
                        + ":"
                        + server.port()
                        + ", transport "
                        + server.transport()
                        + ", workers "
                        + server.workerCount()
                        + ", bundle "
                        + String.format(Locale.ROOT, "%016x", server.catalogue().fingerprint()));
        if (server.adminPort() >= 0) {
            String scheme = server.config().tls().isOn() ? "https" : "http";
            out.println(
                    "admin pages on "
                            + scheme
                            + "://"
                            + network.adminHost()
                            + ":"
                            + server.adminPort());
        }
    }

    private static Figures figures(MillraceServer server) {
        return new Figures()
                .put("items", server.catalogue().items())
                .put("users", server.catalogue().users())
                .put("allocated_bytes_per_request", server.allocatedBytesPerRequest())
                .put("rss_mb", ProcessMemory.peakResidentMib());
    }
}
