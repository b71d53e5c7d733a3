package io.millrace.core.memory;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Whether this system gives huge pages to those who ask, as {@link DirectMemory} does. A search
 * reads memory at random, and on small pages spends much of its time on finding them.
 *
 * <p>Threading: immutable.
 *
 * @param isGranted whether it does.
 * @param setting what decides it, as in {@code "madvise"}.
 * @param remedy what to change where it does not, else empty.
 */
public record HugePageSupport(boolean isGranted, String setting, String remedy) {
    private static final String FOLDER = "sys/kernel/mm/transparent_hugepage";
    private static final String OF_ALL_SIZES = FOLDER + "/enabled";
    private static final String OF_ONE_SIZE =
            FOLDER + "/hugepages-" + (DirectMemory.HUGE_PAGE_BYTES >> 10) + "kB/enabled";
    private static final String STATUS = "proc/self/status";

    /**
     * Asks the system.
     *
     * @return what it says now.
     */
    public static HugePageSupport ofThisMachine() {
        if (!HugePages.isPossible()) {
            return refused("not on " + System.getProperty("os.name", "this system"), "use Linux");
        }
        HugePageSupport said = read(Path.of("/"));
        if (!said.isGranted()) {
            return said;
        }
        try (DirectMemory probe = DirectMemory.allocate(DirectMemory.HUGE_PAGE_BYTES)) {
            return probe.isHuge()
                    ? said
                    : refused("madvise fails", "allow the process to call madvise");
        }
    }

    /**
     * The state in a few words.
     *
     * @return as in {@code "huge (madvise)"}.
     */
    public String text() {
        return (isGranted ? "huge (" : "small (") + setting + ")";
    }

    /**
     * What to tell the user, who alone can change it.
     *
     * @return one line, or an empty one where all is well.
     */
    public String warning() {
        return isGranted
                ? ""
                : "the system refuses huge pages, searches are slower: setting="
                        + setting
                        + "; "
                        + remedy;
    }

    /** Reads what the kernel says in its files below a root. */
    static HugePageSupport read(Path root) {
        String setting = chosen(root.resolve(OF_ONE_SIZE));
        String file = OF_ONE_SIZE;
        if (setting.isEmpty() || setting.equals("inherit")) {
            setting = chosen(root.resolve(OF_ALL_SIZES));
            file = OF_ALL_SIZES;
        }
        if (setting.isEmpty()) {
            return refused("unknown to the kernel", "use a kernel with transparent huge pages");
        }
        if (setting.equals("never")) {
            return refused(setting, "echo madvise > /" + file);
        }
        if (content(root.resolve(STATUS)).lines().anyMatch(HugePageSupport::isSwitchedOff)) {
            return refused("off for this process", "start it without prctl(PR_SET_THP_DISABLE)");
        }
        return new HugePageSupport(true, setting, "");
    }

    private static HugePageSupport refused(String setting, String remedy) {
        return new HugePageSupport(false, setting, remedy);
    }

    private static boolean isSwitchedOff(String statusLine) {
        return statusLine.startsWith("THP_enabled:") && statusLine.endsWith("0");
    }

    /** The word in brackets, as in {@code "always [madvise] never"}; empty where there is none. */
    private static String chosen(Path file) {
        String words = content(file);
        int open = words.indexOf('[');
        int close = words.indexOf(']', open + 1);
        return open < 0 || close < 0 ? "" : words.substring(open + 1, close);
    }

    private static String content(Path file) {
        try {
            return Files.readString(file, StandardCharsets.US_ASCII);
        } catch (IOException e) {
            return "";
        }
    }
}
