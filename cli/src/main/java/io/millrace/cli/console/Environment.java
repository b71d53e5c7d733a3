package io.millrace.cli.console;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The machine and the Java below. */
public final class Environment {
    private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

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
     * Options of the JVM that size and tune it; those that only open modules are left out.
     *
     * @return in the order they were given.
     */
    public static List<String> jvmOptions() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> option.startsWith("-X"))
                .toList();
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
