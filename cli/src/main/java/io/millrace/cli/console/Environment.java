package io.millrace.cli.console;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The machine and the Java below. */
public final class Environment {
    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

    private static final Path MULTITHREADING = Path.of("/sys/devices/system/cpu/smt/active");
    private static final Path GOVERNOR =
            Path.of("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
    private static final Path HUGE_PAGES = Path.of("/sys/kernel/mm/transparent_hugepage/enabled");
    private static final String UNKNOWN = "unknown";

    private Environment() {}

    /**
     * The Java.
     *
     * @return version and vendor.
     */
    public static String jdk() {
        return System.getProperty("java.runtime.version", "unknown")
                + " ("
                + System.getProperty("java.vendor", "unknown")
                + ")";
    }

    /**
     * The processor.
     *
     * @return model and how many hardware threads of it this process may use.
     */
    public static String processor() {
        return model() + ", " + Runtime.getRuntime().availableProcessors() + " hardware threads";
    }

    /**
     * The operating system.
     *
     * @return name, version and architecture.
     */
    public static String system() {
        return System.getProperty("os.name", "unknown")
                + " "
                + System.getProperty("os.version", "")
                + " "
                + System.getProperty("os.arch", "");
    }

    /**
     * Options of the JVM that size and tune it; those that only open modules, or tell the compiler
     * of single methods, are left out.
     *
     * @return in the order they were given.
     */
    public static List<String> jvmOptions() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> option.startsWith("-X"))
                .filter(option -> !option.startsWith("-XX:CompileCommand="))
                .toList();
    }

    /**
     * Whether two hardware threads share a core (SMT): the second adds less than the first.
     *
     * @return {@code yes}, {@code no} or {@code unknown}.
     */
    public static String multithreading() {
        return switch (told(MULTITHREADING)) {
            case "1" -> "yes";
            case "0" -> "no";
            default -> UNKNOWN;
        };
    }

    /**
     * Who sets the clock of the processor.
     *
     * @return as in {@code performance}; {@code unknown} where the system does not tell, as in most
     *     virtual machines.
     */
    public static String governor() {
        return told(GOVERNOR);
    }

    /**
     * When the system gives huge pages.
     *
     * @return its choices, the chosen one in brackets.
     */
    public static String hugePages() {
        return told(HUGE_PAGES);
    }

    private static String told(Path file) {
        try {
            return Files.isReadable(file) ? Files.readString(file).strip() : UNKNOWN;
        } catch (IOException e) {
            return UNKNOWN;
        }
    }

    private static String model() {
        try {
            if (Files.isReadable(CPU_INFO)) {
                for (String line : Files.readAllLines(CPU_INFO)) {
                    if (line.startsWith("model name")) {
                        return line.substring(line.indexOf(':') + 1).strip();
                    }
                }
            }
        } catch (IOException e) {
            return System.getProperty("os.arch", "unknown");
        }
        return System.getProperty("os.arch", "unknown");
    }
}
