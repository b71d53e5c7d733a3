package io.millrace.server;

import io.millrace.server.config.ServerConfig;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A server in a process of its own, which may be killed at any moment. */
public final class ServerProcess implements AutoCloseable {
    private static final int SCANNED = 8;

    private final Process process;
    private final int[] ports;

    /** Starts it and waits until it is ready; what it logs goes to a file. */
    ServerProcess(Path bundle, Path log) throws IOException {
        this(bundle, log, false);
    }

    /** The same; it may take snapshots, one after the other, numbered from 1. */
    ServerProcess(Path bundle, Path log, boolean isTakingSnapshots) throws IOException {
        this(
                log,
                List.of(),
                Map.of(),
                Main.class,
                bundle.toString(),
                String.valueOf(isTakingSnapshots));
    }

    /**
     * One that is set up otherwise.
     *
     * @param log file of what it logs
     * @param options more of the JVM
     * @param environment more of the process
     * @param main prints its ports on one line, that of requests first
     * @param arguments of that
     */
    public ServerProcess(
            Path log,
            List<String> options,
            Map<String, String> environment,
            Class<?> main,
            String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String option : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (option.startsWith("--")) {
                command.add(option);
            }
        }
        command.add("-XX:+UseSerialGC");
        command.add("-XX:TieredStopAtLevel=1");
        command.add(
                "-Dlogback.configurationFile=" + System.getProperty("logback.configurationFile"));
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(log.toFile());
        builder.environment().putAll(environment);
        process = builder.start();
        BufferedReader out =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
        String line = out.readLine();
        if (line == null) {
            throw new AssertionError("the server did not start: " + Files.readString(log));
        }
        ports = Arrays.stream(line.split(" ", -1)).mapToInt(Integer::parseInt).toArray();
    }

    /** Of requests. */
    public int port() {
        return ports[0];
    }

    /** Of pages, where it has said so. */
    public int adminPort() {
        return ports[1];
    }

    /** Ends what it reads; returns with what it ends where it stops for that. */
    public int stop() throws IOException, InterruptedException {
        process.getOutputStream().close();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            throw new AssertionError("the server does not stop");
        }
        return process.exitValue();
    }

    /** As kill -9 does. */
    @Override
    public void close() {
        kill();
    }

    /** The same, before it is closed. */
    void kill() {
        process.destroyForcibly();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                throw new AssertionError("the server lives on");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** The configuration it runs with: upserted items are looked at, or in a graph. */
    static ServerConfig config(Path bundle) {
        return TestServers.config()
                .with("changes.scannedUpserted", SCANNED)
                .with("bundle", bundle.toString())
                .with("threads.workers", 2)
                .with("changes.fileBytes", 1 << 16)
                .with("funnel.warmUpRequests", 0);
    }

    /**
     * Entry point of a process with pages and a log of impressions: prints its ports, and ends when
     * nothing more can be read.
     */
    public static final class StoppableMain {
        private StoppableMain() {}

        public static void main(String[] arguments) throws IOException {
            try (MillraceServer server =
                    MillraceServer.start(
                            TestServers.config()
                                    .with("bundle", arguments[0])
                                    .with("log.folder", arguments[1])
                                    .with("network.adminPort", 0)
                                    .with("funnel.warmUpRequests", 0))) {
                System.out.println(server.port() + " " + server.adminPort());
                System.in.transferTo(OutputStream.nullOutputStream());
            }
        }
    }

    /** Entry point of the process: prints its port. */
    static final class Main {
        private Main() {}

        public static void main(String[] arguments) throws InterruptedException {
            MillraceServer server = MillraceServer.start(config(Path.of(arguments[0])));
            System.out.println(server.port());
            String run = ProcessHandle.current().pid() + "-";
            for (int i = 1; Boolean.parseBoolean(arguments[1]); i++) {
                server.snapshot(run + i);
            }
            Thread.currentThread().join();
        }
    }
}
