package io.millrace.core.metrics;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * Reads what this process uses of its machine. The system counts context switches for each thread
 * and forgets a thread that has ended, so the meter adds up what came since it last looked: ask
 * every second or so.
 *
 * <p>Threading: any thread; callers take turns. Allocation: for each reading.
 */
public final class ProcessMeter {
    private static final Path TASKS = Path.of("/proc/self/task");
    private static final Path STAT = Path.of("/proc/self/stat");
    private static final Path MACHINE = Path.of("/proc/stat");
    private static final String VOLUNTARY = "voluntary_ctxt_switches:";
    private static final String INVOLUNTARY = "nonvoluntary_ctxt_switches:";

    /** Behind the name of the program, which may hold blanks, and its bracket. */
    private static final int MINOR_FAULTS = 7;

    private static final int MAJOR_FAULTS = 9;

    /** Of the line of all processors, behind its name: user, nice, system, idle, and so on. */
    private static final int STOLEN = 7;

    /** What Linux counts in there is hundredths of seconds on all machines. */
    private static final double TICKS_PER_SECOND = 100;

    private static final double NS_PER_SECOND = 1e9;
    private static final double MS_PER_SECOND = 1e3;
    private static final double BYTES_PER_MIB = 1 << 20;

    private final OperatingSystemMXBean system =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private Map<String, long[]> lastOfThreads = new HashMap<>();
    private long voluntary;
    private long involuntary;

    /** Makes a meter that has not looked yet. */
    public ProcessMeter() {}

    /**
     * Looks.
     *
     * @return what was used since the process began; context switches of threads that ended before
     *     this meter first looked are missing.
     */
    public synchronized ProcessUsage read() {
        countSwitches();
        String[] stat = stat();
        long collections = 0;
        long collectionMs = 0;
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            collections += Math.max(0, collector.getCollectionCount());
            collectionMs += Math.max(0, collector.getCollectionTime());
        }
        return new ProcessUsage(
                Math.max(0, system.getProcessCpuTime()) / NS_PER_SECOND,
                number(machine(), STOLEN) / TICKS_PER_SECOND,
                voluntary,
                involuntary,
                number(stat, MINOR_FAULTS),
                number(stat, MAJOR_FAULTS),
                (long) (ProcessMemory.residentMib() * BYTES_PER_MIB),
                Math.max(0, threads.getTotalThreadAllocatedBytes()),
                collections,
                collectionMs / MS_PER_SECOND);
    }

    private void countSwitches() {
        if (!Files.isDirectory(TASKS)) {
            return;
        }
        Map<String, long[]> now = new HashMap<>();
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(TASKS)) {
            for (Path task : tasks) {
                String thread = task.getFileName().toString();
                long[] counts = switches(task.resolve("status"));
                long[] before = lastOfThreads.getOrDefault(thread, new long[2]);
                // A number may be given to another thread once its first has ended.
                voluntary += counts[0] < before[0] ? counts[0] : counts[0] - before[0];
                involuntary += counts[1] < before[1] ? counts[1] : counts[1] - before[1];
                now.put(thread, counts);
            }
        } catch (IOException e) {
            return;
        }
        lastOfThreads = now;
    }

    private static long[] switches(Path status) {
        long[] counts = new long[2];
        try {
            for (String line : Files.readAllLines(status, StandardCharsets.UTF_8)) {
                if (line.startsWith(VOLUNTARY)) {
                    counts[0] = Long.parseLong(line.substring(VOLUNTARY.length()).strip());
                } else if (line.startsWith(INVOLUNTARY)) {
                    counts[1] = Long.parseLong(line.substring(INVOLUNTARY.length()).strip());
                }
            }
        } catch (IOException | NumberFormatException e) {
            return new long[2]; // It has just ended.
        }
        return counts;
    }

    private static String[] stat() {
        try {
            String line = Files.readString(STAT, StandardCharsets.UTF_8);
            return line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
        } catch (IOException | IndexOutOfBoundsException e) {
            return new String[0];
        }
    }

    private static String[] machine() {
        try (BufferedReader lines = Files.newBufferedReader(MACHINE, StandardCharsets.UTF_8)) {
            String first = lines.readLine();
            return first == null ? new String[0] : first.substring("cpu  ".length()).split(" ", -1);
        } catch (IOException | IndexOutOfBoundsException e) {
            return new String[0];
        }
    }

    private static long number(String[] fields, int at) {
        try {
            return at < fields.length ? Long.parseLong(fields[at]) : 0;
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
