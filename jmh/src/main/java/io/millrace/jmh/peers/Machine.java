package io.millrace.jmh.peers;

import io.millrace.core.metrics.Figures;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where it was measured.
 *
 * @param processor model of the processor.
 * @param cores how many hardware threads this process may use.
 * @param kernel name and version of the operating system.
 * @param jdk version of the Java.
 * @param hugePages the setting of the kernel for transparent huge pages.
 */
public record Machine(String processor, int cores, String kernel, String jdk, String hugePages) {
    private static final String UNKNOWN = "unknown";

    /**
     * This one.
     *
     * @return what the system says of itself.
     */
    public static Machine here() {
        return new Machine(
                after(read(Path.of("/proc/cpuinfo")), "model name"),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.name") + " " + System.getProperty("os.version"),
                System.getProperty("java.runtime.version", UNKNOWN),
                chosen(read(Path.of("/sys/kernel/mm/transparent_hugepage/enabled"))));
    }

    /** What stands behind the colon of the first line that begins so. */
    private static String after(String text, String name) {
        return text.lines()
                .filter(line -> line.startsWith(name))
                .findFirst()
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .orElse(UNKNOWN);
    }

    /** The word in brackets, as in {@code always [madvise] never}. */
    private static String chosen(String text) {
        int from = text.indexOf('[');
        int to = text.indexOf(']');
        return from < 0 || to < from ? UNKNOWN : text.substring(from + 1, to);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }

    /**
     * One line for people.
     *
     * @return all of it.
     */
    public String text() {
        return processor
                + ", "
                + cores
                + " hardware threads, "
                + kernel
                + ", JDK "
                + jdk
                + ", huge pages: "
                + hugePages;
    }

    /**
     * The same for programs.
     *
     * @return a figure for each.
     */
    public Figures figures() {
        return new Figures()
                .put("processor", processor)
                .put("cores", cores)
                .put("kernel", kernel)
                .put("jdk", jdk)
                .put("huge_pages_setting", hugePages);
    }
}
