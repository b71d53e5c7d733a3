package io.millrace.jmh.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Memory of a process as Linux counts it.
 *
 * @param residentMb resident pages in MiB; NaN where not known.
 * @param hugePagesMb those of them that are huge and of no file, in MiB; NaN where not known.
 */
record ProcessMemory(double residentMb, double hugePagesMb) {
    private static final double KB_PER_MB = 1024;

    /** Of a process that runs. */
    static ProcessMemory of(long pid) {
        String[] lines;
        try {
            lines = Files.readString(Path.of("/proc/" + pid + "/smaps_rollup")).split("\n", -1);
        } catch (IOException e) {
            lines = new String[0];
        }
        return new ProcessMemory(megabytes(lines, "Rss:"), megabytes(lines, "AnonHugePages:"));
    }

    private static double megabytes(String[] lines, String name) {
        for (String line : lines) {
            if (line.startsWith(name)) {
                return Long.parseLong(line.replaceAll("\\D", "")) / KB_PER_MB;
            }
        }
        return Double.NaN;
    }
}
