package io.millrace.core.metrics;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Memory of this process as the system sees it.
 *
 * <p>Threading: any thread.
 */
public final class ProcessMemory {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final double KIB_PER_MIB = 1024;

    private ProcessMemory() {}

    /**
     * Memory that is in RAM now.
     *
     * @return MiB; where the system does not say, what the heap uses.
     */
    public static double residentMib() {
        return statusMib("VmRSS:");
    }

    /**
     * The most memory that ever was in RAM.
     *
     * @return MiB; where the system does not say, what the heap uses.
     */
    public static double peakResidentMib() {
        return statusMib("VmHWM:");
    }

    private static double statusMib(String key) {
        try {
            for (String line : Files.readAllLines(STATUS, StandardCharsets.US_ASCII)) {
                if (line.startsWith(key)) {
                    String kib = line.substring(key.length()).replace("kB", "").strip();
                    return Long.parseLong(kib) / KIB_PER_MIB;
                }
            }
        } catch (IOException | NumberFormatException e) {
            return heapMib();
        }
        return heapMib();
    }

    private static double heapMib() {
        Runtime runtime = Runtime.getRuntime();
        return (runtime.totalMemory() - runtime.freeMemory()) / (KIB_PER_MIB * KIB_PER_MIB);
    }
}
