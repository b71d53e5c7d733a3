package io.millrace.ranker;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Code of a test in a process of its own, which may be killed at any moment. It tells how far it
 * came by a number in a mapped file, which outlives it.
 */
public final class ChildProcess {
    private static final int PATIENCE_SECONDS = 60;

    private ChildProcess() {}

    /** Runs a main method with the options of this process; what it prints goes to a file. */
    public static Process start(Class<?> main, Path log, List<String> options, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String option : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (option.startsWith("--")) {
                command.add(option);
            }
        }
        command.addAll(options);
        command.add("-XX:+UseSerialGC");
        command.add(
                "-Dlogback.configurationFile=" + System.getProperty("logback.configurationFile"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
    }

    /**
     * Kills a process when it has come so much further.
     *
     * @return how far it came.
     */
    public static long killWhenFurther(Process process, Path counter, long steps, Path log)
            throws IOException, InterruptedException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment done = mapCounter(counter, arena);
            long before = done.get(ValueLayout.JAVA_LONG, 0);
            long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            while (done.get(ValueLayout.JAVA_LONG, 0) < before + steps) {
                assertTrue(
                        process.isAlive() && System.nanoTime() < deadlineNs,
                        () -> "the writer ended or wrote nothing: " + text(log));
                Thread.sleep(1);
            }
            process.destroyForcibly();
            assertTrue(process.waitFor(20, TimeUnit.SECONDS));
            return done.get(ValueLayout.JAVA_LONG, 0);
        }
    }

    /** The number by which a process tells how far it came. */
    public static MemorySegment mapCounter(Path counter, Arena arena) throws IOException {
        try (FileChannel channel =
                FileChannel.open(
                        counter,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE)) {
            return channel.map(FileChannel.MapMode.READ_WRITE, 0, Long.BYTES, arena);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
