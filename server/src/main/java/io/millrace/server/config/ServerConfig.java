package io.millrace.server.config;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.json.Json;
import io.millrace.core.wire.WireLimits;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;

/**
 * How a server runs. Every key has a default, a key that does not exist is an error that names the
 * nearest one that does; {@code docs/configuration.md} lists them all.
 *
 * @param bundle directory of the bundle to serve
 * @param state directory of what the server keeps, or null for {@code <bundle>.state}
 * @param snapshots directory of snapshots of the state, or null for {@code snapshots} in that
 * @param hiccupLog file that stalls of the machine are logged in, or null for none
 * @param network where to listen
 * @param threads who does the work
 * @param limits how much at once
 * @param funnel how wide the funnel is
 * @param log how impressions are logged
 * @param changes whether what is served may be changed
 * @param scrub how the files of the bundle are looked at again
 * @param admin how much the admin port takes
 * @param tls how connections are encrypted
 * @param tokens who may ask for what
 */
@JsonInclude(JsonInclude.Include.ALWAYS) // A key without a value is a key nevertheless.
public record ServerConfig(
        @Nullable String bundle,
        @Nullable String state,
        @Nullable String snapshots,
        @Nullable String hiccupLog,
        NetworkConfig network,
        ThreadsConfig threads,
        LimitsConfig limits,
        FunnelConfig funnel,
        LogConfig log,
        ChangesConfig changes,
        ScrubConfig scrub,
        AdminConfig admin,
        TlsConfig tls,
        TokensConfig tokens) {

    /**
     * Every key at its default.
     *
     * @return the defaults; no bundle is named
     */
    public static ServerConfig defaults() {
        return new ServerConfig(
                null,
                null,
                null,
                null,
                new NetworkConfig(
                        "127.0.0.1", 7311, "127.0.0.1", 7312, false, TransportChoice.AUTO),
                new ThreadsConfig(1, 0, Idle.PARK, null),
                new LimitsConfig(
                        1_024,
                        128,
                        128,
                        WireLimits.DEFAULT_MAX_FRAME_BYTES,
                        100,
                        1_000,
                        200,
                        500,
                        256 << 10,
                        32 << 10,
                        64 << 10,
                        30_000,
                        60_000,
                        1_000,
                        10_000),
                new FunnelConfig(500, 200, 0, 0, 0, 1_000, 0, 100, 1_440, 512),
                LogConfig.DEFAULT,
                ChangesConfig.DEFAULT,
                ScrubConfig.DEFAULT,
                AdminConfig.DEFAULT,
                TlsConfig.DEFAULT,
                TokensConfig.DEFAULT);
    }

    /**
     * Reads a file; keys that it leaves out keep their default.
     *
     * @param file JSON, or YAML where its name ends in {@code .yaml} or {@code .yml}
     * @return the configuration
     * @throws MillraceException when the file can't be read, or holds an unknown key or a bad value
     */
    public static ServerConfig read(Path file) {
        return defaults().overlaid(ConfigFile.read(file), "file=" + file);
    }

    /**
     * Reads a text; keys that it leaves out keep their default.
     *
     * @param json one object
     * @param source named in errors, as in {@code file=server.json}
     * @return the configuration
     * @throws MillraceException when it holds an unknown key or a bad value
     */
    public static ServerConfig parse(String json, String source) {
        return defaults().overlaid(ConfigFile.parse(json, false, source), source);
    }

    /**
     * Sets one key.
     *
     * @param key as in {@code network.port}
     * @param value a string, number, boolean or enum constant
     * @return the changed configuration
     * @throws MillraceException when there is no such key or the value is bad
     */
    public ServerConfig with(String key, Object value) {
        return with(key, Json.mapper().valueToTree(value), "key=" + key);
    }

    /**
     * Sets one key to what a text says.
     *
     * @param key as in {@code network.port}
     * @param text the value; of numbers and truths as JSON has it
     * @param source named in errors, as in {@code option=--set}
     * @return the changed configuration
     * @throws MillraceException when there is no such key or the value is bad
     */
    public ServerConfig withText(String key, String text, String source) {
        String pointer = "/" + key.replace('.', '/');
        JsonNode now = Json.mapper().<JsonNode>valueToTree(this).at(pointer);
        boolean isText = !now.isNumber() && !now.isBoolean();
        JsonNode value = isText ? TextNode.valueOf(text) : ConfigFile.parse(text, false, source);
        return with(key, value, source);
    }

    private ServerConfig with(String key, JsonNode value, String source) {
        ObjectNode root = Json.mapper().createObjectNode();
        ObjectNode parent = root;
        String[] steps = key.split("\\.", -1);
        for (int i = 0; i < steps.length - 1; i++) {
            parent = parent.putObject(steps[i]);
        }
        parent.set(steps[steps.length - 1], value);
        return overlaid(root, source);
    }

    private ServerConfig overlaid(JsonNode given, String source) {
        ObjectNode effective = Json.mapper().valueToTree(this);
        StrictOverlay.apply(given, effective, source);
        try {
            return Json.mapper().treeToValue(effective, ServerConfig.class);
        } catch (JsonProcessingException e) {
            for (Throwable t = e; t != null; t = t.getCause()) {
                if (t instanceof MillraceException own) {
                    throw new MillraceException(
                            own.code(), own.getMessage() + " (" + source + ")", e);
                }
            }
            throw new MillraceException(
                    ErrorCode.BAD_INPUT,
                    "bad configuration: "
                            + source
                            + ", reason="
                            + e.getOriginalMessage().lines().findFirst().orElse("")
                            + "; correct the value",
                    e);
        }
    }

    /**
     * The directory that keeps what the server knows beside the bundle.
     *
     * @return {@code state}, or the bundle's name with {@code .state} behind it
     * @throws MillraceException when neither is given
     */
    public Path stateDirectory() {
        return state != null ? Path.of(state) : Path.of(requireBundle() + ".state");
    }

    /**
     * The directory that snapshots of the state are written to.
     *
     * @return {@code snapshots}, or a folder of that name in the state's
     * @throws MillraceException when neither that nor a bundle is given
     */
    public Path snapshotsDirectory() {
        return snapshots != null ? Path.of(snapshots) : stateDirectory().resolve("snapshots");
    }

    /**
     * The bundle's directory.
     *
     * @return the directory
     * @throws MillraceException when none is given
     */
    public Path bundleDirectory() {
        return Path.of(requireBundle());
    }

    /**
     * How many candidates a request has.
     *
     * @return no fewer than it may ask for
     */
    public int mostCandidates() {
        return Math.max(funnel.candidates(), limits.k());
    }

    /**
     * How many changes may wait to be made.
     *
     * @return no fewer than requests are taken
     */
    public int mostWaitingChanges() {
        return limits.inFlight() + threads.io();
    }

    private String requireBundle() {
        if (bundle == null) {
            throw MillraceException.usage("no bundle given: key=bundle; name its directory");
        }
        return bundle;
    }

    /** Which transport to use. */
    public enum TransportChoice {
        /** The best that loads. */
        @JsonProperty("auto")
        AUTO,
        /** Linux's io_uring. */
        @JsonProperty("io_uring")
        IO_URING,
        /** Linux's epoll. */
        @JsonProperty("epoll")
        EPOLL,
        /** The JDK's, everywhere. */
        @JsonProperty("nio")
        NIO
    }

    /** What a worker without work does. */
    public enum Idle {
        /** Asks again at once: fastest, takes a whole core. */
        @JsonProperty("spin")
        SPIN,
        /** Lets others run in between. */
        @JsonProperty("yield")
        YIELD,
        /** Spins, then yields, then sleeps up to 100 µs. */
        @JsonProperty("backoff")
        BACKOFF,
        /** Sleeps until work is handed over: takes nothing. */
        @JsonProperty("park")
        PARK
    }

    /**
     * Where to listen.
     *
     * @param host address of the frames' port
     * @param port 0 for any free one
     * @param adminHost address of the admin port
     * @param adminPort 0 for any free one, -1 for none
     * @param allowRemote whether an address other than loopback may be listened on without TLS
     * @param transport which transport to use
     */
    public record NetworkConfig(
            String host,
            int port,
            String adminHost,
            int adminPort,
            boolean allowRemote,
            TransportChoice transport) {
        /** Validates. */
        public NetworkConfig {
            Ranges.validate("network.port", port, 0, 65_535);
            Ranges.validate("network.adminPort", adminPort, -1, 65_535);
        }
    }

    /**
     * Who does the work.
     *
     * @param io threads that read and write sockets
     * @param workers threads that answer requests; 0 for one a processor, less the io threads where
     *     a worker without work keeps its processor
     * @param idle what a worker without work does
     * @param processors that io threads and then workers are kept on, one each, as in 0-3,6; null
     *     where the system chooses
     */
    @JsonInclude(JsonInclude.Include.ALWAYS) // A key without a value is a key nevertheless.
    public record ThreadsConfig(int io, int workers, Idle idle, @Nullable String processors) {
        /** Validates. */
        public ThreadsConfig {
            Ranges.validate("threads.io", io, 1, 64);
            Ranges.validate("threads.workers", workers, 0, 256);
            if (processors != null) {
                int named = ProcessorList.parse("threads.processors", processors).length;
                int wanted = io + Math.max(1, workers);
                if (workers == 0 ? named < wanted : named != wanted) {
                    throw MillraceException.usage(
                            "not one processor for each thread: threads.processors=%s,"
                                    + " threads.io=%d, threads.workers=%d; name %d%s",
                            processors, io, workers, wanted, workers == 0 ? " or more" : "");
                }
            }
        }

        /**
         * Processors of the io threads, then of the workers.
         *
         * @return their numbers; empty where the system chooses
         */
        public int[] processorNumbers() {
            return processors == null
                    ? new int[0]
                    : ProcessorList.parse("threads.processors", processors);
        }

        /**
         * How many workers to start.
         *
         * @return at least 1
         */
        public int workersToStart() {
            if (workers > 0) {
                return workers;
            }
            if (processors != null) {
                return processorNumbers().length - io;
            }
            // An event loop needs a small part of a processor, but that part at once.
            boolean keepsProcessor = idle == Idle.SPIN || idle == Idle.YIELD;
            int processors = Runtime.getRuntime().availableProcessors();
            return Math.max(1, keepsProcessor ? processors - io : processors);
        }
    }

    /**
     * How much at once.
     *
     * @param connections connections; more are refused with OVERLOADED
     * @param inFlight requests; more are refused with OVERLOADED
     * @param inFlightPerConnection requests of one connection; it is not read from meanwhile
     * @param frameBytes longest frame; longer ones are answered TOO_LARGE
     * @param k answers of one request
     * @param excluded items excluded by one request
     * @param events events of one feedback, and items of the history that a request brings along
     * @param candidates candidates that one rank request brings
     * @param columnBytes names and values of their features that it brings along
     * @param writeLowBytes unwritten answers below which a connection is read from again
     * @param writeHighBytes unwritten answers above which a connection is not read from
     * @param slowReaderMs time in which a connection that is not read from must read its answers,
     *     or it is closed; 0 for any
     * @param gonePeerMs time without a word from a peer after which it is asked whether it is
     *     there; without an answer its connection ends after as long again; 0 for never
     * @param deadlineMs time to answer in of a recommend, similar, search or rank request that does
     *     not say it; 0 for any
     * @param drainMs time that a stopping server waits for requests in flight
     */
    public record LimitsConfig(
            int connections,
            int inFlight,
            int inFlightPerConnection,
            int frameBytes,
            int k,
            int excluded,
            int events,
            int candidates,
            int columnBytes,
            int writeLowBytes,
            int writeHighBytes,
            int slowReaderMs,
            int gonePeerMs,
            int deadlineMs,
            int drainMs) {
        /** Validates. */
        public LimitsConfig {
            Ranges.validate("limits.connections", connections, 1, 1 << 20);
            Ranges.validate("limits.inFlight", inFlight, 1, 1 << 20);
            Ranges.validate("limits.inFlightPerConnection", inFlightPerConnection, 1, 1 << 20);
            Ranges.validate(
                    "limits.frameBytes",
                    frameBytes,
                    WireLimits.MIN_FRAME_BYTES,
                    WireLimits.MAX_FRAME_BYTES);
            Ranges.validate("limits.k", k, 1, 4_096);
            Ranges.validate("limits.excluded", excluded, 0, WireLimits.MAX_GROUP_COUNT);
            Ranges.validate("limits.events", events, 0, WireLimits.MAX_GROUP_COUNT);
            Ranges.validate("limits.candidates", candidates, 1, 4_096);
            Ranges.validate("limits.columnBytes", columnBytes, 0, WireLimits.MAX_FRAME_BYTES);
            Ranges.validate("limits.writeHighBytes", writeHighBytes, 1_024, 1 << 30);
            Ranges.validate("limits.writeLowBytes", writeLowBytes, 512, writeHighBytes);
            Ranges.validate("limits.slowReaderMs", slowReaderMs, 0, 3_600_000);
            Ranges.validate("limits.gonePeerMs", gonePeerMs, 0, 3_600_000);
            Ranges.validate("limits.deadlineMs", deadlineMs, 0, 600_000);
            Ranges.validate("limits.drainMs", drainMs, 0, 600_000);
        }

        /**
         * How many changes may be under way, which wait for the disk: a quarter of what may is left
         * to requests that do not.
         *
         * @return at least 1
         */
        public int mostChanges() {
            return Math.max(1, inFlight / 2);
        }

        /**
         * How much feedback may be under way, likewise.
         *
         * @return at least 1
         */
        public int mostFeedback() {
            return Math.max(1, inFlight / 4);
        }
    }

    /**
     * How wide the funnel is.
     *
     * @param candidates retrieved for one request
     * @param candidatesInHaste the same where the usual number is given up to answer in time
     * @param efSearch breadth of the vector search; 0 to choose it by {@code recall}
     * @param efSearchInHaste the same where the usual breadth is given up to answer in time; 0 for
     *     half of it
     * @param recall recall of the vector search that the breadth is chosen for; 0 for what the
     *     bundle was built for, if for any
     * @param recallCheckMs least pause between two comparisons with exact search, which watch that
     *     recall; 0 for none
     * @param ranked of those the most that the full ranker scores; the light ranker chooses them. 0
     *     for all
     * @param rankedInHaste the same where that depth is given up to answer in time; 0 for as many
     * @param halfLifeMinutes after which an event counts half in the rates of items
     * @param warmUpRequests answered by itself before the server is ready
     */
    public record FunnelConfig(
            int candidates,
            int candidatesInHaste,
            int efSearch,
            int efSearchInHaste,
            double recall,
            int recallCheckMs,
            int ranked,
            int rankedInHaste,
            int halfLifeMinutes,
            int warmUpRequests) {
        /** Validates. */
        public FunnelConfig {
            Ranges.validate("funnel.candidates", candidates, 10, 4_096);
            Ranges.validate("funnel.candidatesInHaste", candidatesInHaste, 10, 4_096);
            Ranges.validate("funnel.efSearch", efSearch, 0, 65_536);
            Ranges.validate("funnel.efSearchInHaste", efSearchInHaste, 0, 65_536);
            Ranges.validate("funnel.recall", recall, 0, 1);
            Ranges.validate("funnel.recallCheckMs", recallCheckMs, 0, 3_600_000);
            Ranges.validate("funnel.ranked", ranked, 0, 4_096);
            Ranges.validate("funnel.rankedInHaste", rankedInHaste, 0, 4_096);
            if (efSearch > 0 && recall > 0) {
                throw MillraceException.usage(
                        "a breadth and a recall to choose it by: funnel.efSearch=%d,"
                                + " funnel.recall=%s; leave one out",
                        efSearch, recall);
            }
            Ranges.validate("funnel.halfLifeMinutes", halfLifeMinutes, 1, 5_256_000);
            Ranges.validate("funnel.warmUpRequests", warmUpRequests, 0, 10_000_000);
        }
    }
}
