package io.millrace.cli.load;

import io.millrace.cli.console.CommonOptions;
import io.millrace.cli.console.OptionValues;
import io.millrace.cli.serve.Target;
import io.millrace.core.error.MillraceException;
import io.millrace.loadgen.watch.AdminPages;
import io.millrace.loadgen.watch.LoadWatch;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/** What a load is watched by, and where it is written. */
public final class LoadOutputs {
    /** Where the admin pages are of a server that was started with nothing else said. */
    private static final int ADMIN_PORT = 7_312;

    private static final double MOST_SLOW_MS = 60_000;
    private static final double NS_PER_MS = 1e6;

    private static final String SCHEMA = "/io/millrace/cli/load/load.schema.json";

    @Option(
            names = "--admin",
            paramLabel = "HOST:PORT",
            converter = Target.Converter.class,
            description =
                    "Ask the admin port of the server each second what it uses and where its time"
                            + " goes. Default: that of a server that was started with nothing else"
                            + " said, where --target is one and it answers.")
    private @Nullable Target admin;

    @Option(
            names = "--interval-log",
            paramLabel = "FILE",
            description = "Write latency by second, as an HdrHistogram log.")
    private @Nullable Path intervalLog;

    @Option(
            names = "--hiccup-log",
            paramLabel = "FILE",
            description = "Write the hiccups of this machine, in jHiccup's format.")
    private @Nullable Path hiccupLog;

    @Option(
            names = "--report",
            paramLabel = "FILE.html",
            description = "Write a report with plots, one file that needs no network.")
    private @Nullable Path page;

    @Option(
            names = "--flight",
            paramLabel = "FILE.jfr",
            description =
                    "Have the server make a flight recording of itself meanwhile, by its admin"
                            + " port, and write it: pauses, and stages of slow requests.")
    private @Nullable Path flight;

    @Option(
            names = "--generator-flight",
            paramLabel = "FILE.jfr",
            description =
                    "Make a flight recording of this process meanwhile, and write it: its pauses"
                            + " stand beside those of the server.")
    private @Nullable Path generatorFlight;

    @Option(
            names = "--slow-ms",
            paramLabel = "MS",
            description =
                    "With --flight: record requests that a worker is busy with for so long."
                            + " Default: ${DEFAULT-VALUE}.")
    private double slowMs = 10;

    @Option(
            names = "--schema",
            description = "Print the JSON schema of what --json writes, and load nothing.")
    private boolean isSchemaAsked;

    /** Filled by picocli. */
    public LoadOutputs() {}

    boolean isSchemaAsked() {
        return isSchemaAsked;
    }

    /** The JSON schema of the figures of a load. */
    static String schema() {
        try (InputStream stream = LoadOutputs.class.getResourceAsStream(SCHEMA)) {
            if (stream == null) {
                throw new IllegalStateException("the executable lacks " + SCHEMA);
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Checks, before anything is loaded, that all of it will have a place. */
    void validate() {
        CommonOptions.validateFile("--interval-log", intervalLog);
        CommonOptions.validateFile("--hiccup-log", hiccupLog);
        CommonOptions.validateFile("--report", page);
        CommonOptions.validateFile("--flight", flight);
        CommonOptions.validateFile("--generator-flight", generatorFlight);
        OptionValues.requireRange("--slow-ms", slowMs, 0, MOST_SLOW_MS);
    }

    /** Whether anything is asked for that only a load of one rate has. */
    boolean hasLogs() {
        return intervalLog != null
                || hiccupLog != null
                || flight != null
                || generatorFlight != null;
    }

    @Nullable Path intervalLog() {
        return intervalLog;
    }

    @Nullable Path hiccupLog() {
        return hiccupLog;
    }

    /** Where the flight recording of the server goes, or null for none. */
    @Nullable Path flight() {
        return flight;
    }

    /** Where the flight recording of this process goes, or null for none. */
    @Nullable Path generatorFlight() {
        return generatorFlight;
    }

    /** Requests are recorded that take as long. */
    Duration slow() {
        return Duration.ofNanos(Math.round(slowMs * NS_PER_MS));
    }

    @Nullable Path page() {
        return page;
    }

    /** Whether the admin port was named, so that it must answer. */
    boolean isAdminNamed() {
        return admin != null;
    }

    /**
     * Starts to watch both processes, the server where it tells anything.
     *
     * @param target where its frames are.
     * @param warmupMs how long the run loads before it counts.
     * @return the watch.
     * @throws MillraceException UNAVAILABLE where pages that were named do not answer.
     */
    LoadWatch watch(Target target, long warmupMs) {
        AdminPages pages = adminPages(target);
        try {
            return LoadWatch.start(pages, warmupMs);
        } catch (MillraceException e) {
            if (isAdminNamed()) {
                throw e;
            }
            return LoadWatch.start(null, warmupMs);
        }
    }

    /**
     * The admin pages of the server.
     *
     * @param target where its frames are.
     * @return null where nobody says which they are: those at the usual port may be another
     *     server's.
     */
    @Nullable AdminPages adminPages(Target target) {
        if (admin != null) {
            return new AdminPages(admin.host(), admin.port(), target.security());
        }
        boolean isUsual = target.port() == Target.DEFAULT_PORT;
        return isUsual ? new AdminPages(target.host(), ADMIN_PORT, target.security()) : null;
    }
}
