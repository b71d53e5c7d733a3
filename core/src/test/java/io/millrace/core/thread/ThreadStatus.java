package io.millrace.core.thread;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What Linux tells of a thread, by proc(5).
 *
 * @param name as much of it as the system keeps, which is {@link #NAME_BYTES}
 * @param nice its nice value
 * @param policy by which it is scheduled, 0 for the usual one
 * @param processors that it may use, as in 0-3,6
 */
public record ThreadStatus(String name, int nice, int policy, String processors) {
    /** The system keeps so much of a thread's name. */
    public static final int NAME_BYTES = 15;

    /** Counted from behind the bracket that ends the name. */
    private static final int NICE_FIELD = 16;

    private static final int POLICY_FIELD = 38;
    private static final String PROCESSORS = "Cpus_allowed_list:";

    /** That of the calling thread. */
    public static ThreadStatus current() {
        return orThrow(Path.of("/proc/thread-self"));
    }

    /** That of the thread that the process began with. */
    public static ThreadStatus ofFirst() {
        return orThrow(Path.of("/proc/self"));
    }

    private static ThreadStatus orThrow(Path thread) {
        try {
            return read(thread);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Those of all threads of this process, but those that end meanwhile. */
    public static List<ThreadStatus> ofAll() throws IOException {
        List<ThreadStatus> found = new ArrayList<>();
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
            for (Path thread : threads) {
                try {
                    found.add(read(thread));
                } catch (IOException ended) {
                    // Since it was listed.
                }
            }
        }
        return found;
    }

    private static ThreadStatus read(Path thread) throws IOException {
        String stat = Files.readString(thread.resolve("stat"));
        int end = stat.lastIndexOf(')');
        String[] fields = stat.substring(end + 2).split(" ", -1);
        return new ThreadStatus(
                stat.substring(stat.indexOf('(') + 1, end),
                Integer.parseInt(fields[NICE_FIELD]),
                Integer.parseInt(fields[POLICY_FIELD]),
                processors(thread.resolve("status")));
    }

    private static String processors(Path status) throws IOException {
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith(PROCESSORS))
                .map(line -> line.substring(PROCESSORS.length()).strip())
                .findFirst()
                .orElseThrow();
    }
}
