package io.millrace.server;

import io.millrace.server.config.ServerConfig;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A server in a process of its own, which may be killed at any moment. */
final class ServerProcess implements AutoCloseable {
    private static final int SCANNED = 8;

    private final Process process;
    private final int port;

    /** Starts it and waits until it is ready; what it logs goes to a file. */
    ServerProcess(Path bundle, Path log) throws IOException {
        this(bundle, log, false);
    }

    /** The same; it may take snapshots, one after the other, numbered from 1. */
    ServerProcess(Path bundle, Path log, boolean isTakingSnapshots) throws IOException {
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
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(
                List.of(
                        Main.class.getName(),
                        bundle.toString(),
                        String.valueOf(isTakingSnapshots)));
        process = new ProcessBuilder(command).redirectError(log.toFile()).start();
        BufferedReader out =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
        String line = out.readLine();
        if (line == null) {
            throw new AssertionError("the server did not start: " + Files.readString(log));
        }
        port = Integer.parseInt(line);
    }

    int port() {
        return port;
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
