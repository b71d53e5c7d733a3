package io.millrace.jmh.peers;

import com.fasterxml.jackson.core.JsonProcessingException;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.json.Json;
import io.millrace.jmh.peers.driver.BuiltLine;
import io.millrace.jmh.peers.driver.PointLine;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A driver that runs, from our side; {@link io.millrace.jmh.peers.driver} says what it is told and
 * what it answers. Whatever goes wrong with it is a {@link MillraceException} that names the engine
 * and its log.
 *
 * <p>Threading: one thread.
 */
final class PeerProcess implements AutoCloseable {
    private static final int GOODBYE_SECONDS = 20;

    private final Peer peer;
    private final Path log;
    private final Process process;
    private final BufferedReader answers;
    private final Writer commands;
    private final BuiltLine built;

    private PeerProcess(Peer peer, Path log, Process process) {
        this.peer = peer;
        this.log = log;
        this.process = process;
        answers = process.inputReader(StandardCharsets.UTF_8);
        commands = process.outputWriter(StandardCharsets.UTF_8);
        built = read(BuiltLine.class, "building");
    }

    /**
     * Starts a driver and waits until its index is built.
     *
     * @param log file for what it says on stderr; replaced.
     */
    static PeerProcess start(Peer peer, Path log) {
        ProcessBuilder builder = new ProcessBuilder(peer.command());
        builder.environment().putAll(peer.environment());
        builder.redirectError(log.toFile());
        Process process;
        try {
            Files.createDirectories(peer.work());
            process = builder.start();
        } catch (IOException e) {
            throw new MillraceException(
                    ErrorCode.UNAVAILABLE,
                    "driver can't be started: engine=" + peer.name() + ", reason=" + e.getMessage(),
                    e);
        }
        try {
            return new PeerProcess(peer, log, process);
        } catch (RuntimeException | Error e) {
            process.destroyForcibly();
            throw e;
        }
    }

    /** What it said of its index. */
    BuiltLine built() {
        return built;
    }

    /** What memory it has now. */
    ProcessMemory memory() {
        return ProcessMemory.of(process.pid());
    }

    /**
     * Has it run all queries at every effort.
     *
     * @param ef the efforts it was started with.
     * @param each given what it says, one after another.
     */
    void sweep(List<Integer> ef, Consumer<PointLine> each) {
        tell("round");
        for (int expected : ef) {
            PointLine point = read(PointLine.class, "ef=" + expected);
            if (point.ef() != expected) {
                throw trouble("it answers out of order", "ef=" + expected);
            }
            each.accept(point);
        }
    }

    /** Where its answers at an effort are. */
    Path answers(int ef) {
        return peer.work().resolve(ef + ".ints");
    }

    private void tell(String command) {
        try {
            commands.write(command + "\n");
            commands.flush();
        } catch (IOException e) {
            throw trouble("it does not listen", command);
        }
    }

    private <T> T read(Class<T> type, String doing) {
        try {
            String line = answers.readLine();
            // A JVM prints its own warnings there as well.
            while (line != null && !line.startsWith("{")) {
                line = answers.readLine();
            }
            if (line == null) {
                throw trouble("it ended too early", doing);
            }
            return Json.mapper().readValue(line, type);
        } catch (JsonProcessingException e) {
            throw trouble("it said what is not understood", doing);
        } catch (IOException e) {
            throw trouble("it can't be heard", doing);
        }
    }

    private MillraceException trouble(String what, String doing) {
        String exit = "none";
        try {
            if (process.waitFor(1, TimeUnit.SECONDS)) {
                exit = String.valueOf(process.exitValue());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return MillraceException.of(
                ErrorCode.UNAVAILABLE,
                "driver failed, %s: engine=%s, while=%s, exit=%s, last words=%s; see %s",
                what,
                peer.name(),
                doing,
                exit,
                lastWords(),
                log);
    }

    private String lastWords() {
        try {
            return Files.readString(log)
                    .lines()
                    .filter(line -> !line.isBlank())
                    .reduce("none", (before, line) -> line);
        } catch (IOException e) {
            return "unknown";
        }
    }

    /** Tells it to end, and sees to it that it does. */
    @Override
    public void close() {
        try {
            commands.write("end\n");
            commands.close();
        } catch (IOException e) {
            // It has ended already, which is what was wanted.
            process.destroy();
        }
        try {
            if (!process.waitFor(GOODBYE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
