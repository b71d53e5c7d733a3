package io.millrace.jmh.peers;

import io.millrace.jmh.peers.driver.DriverMain;
import io.millrace.jmh.peers.driver.Engine;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * An engine and how its driver is started.
 *
 * @param name name of the engine.
 * @param command the driver's command line.
 * @param environment variables it gets besides those of this process.
 * @param warmUps rounds that are thrown away before the first that counts.
 * @param work folder of the driver's own, where it leaves its answers.
 */
record Peer(
        String name,
        List<String> command,
        Map<String, String> environment,
        int warmUps,
        Path work) {
    /** The compiler of the JVM has seen every effort twice before it counts. */
    private static final int JVM_WARM_UPS = 2;

    /** Only caches are to be filled. */
    private static final int NATIVE_WARM_UPS = 1;

    /** Large blocks of the C library in huge pages, as Millrace asks for them itself. */
    private static final Map<String, String> NATIVE_HUGE_PAGES =
            Map.of("GLIBC_TUNABLES", "glibc.malloc.hugetlb=1");

    /** The same for the heap of the JVM. */
    private static final String JVM_HUGE_PAGES = "-XX:+UseTransparentHugePages";

    /** Keeps its own copies. */
    Peer {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
    }

    /**
     * The driver of an engine.
     *
     * @param work folder where the drivers get folders of their own.
     */
    static Peer of(Engine engine, PeerPlan plan, PeerData data, Path work) {
        Path own = work.resolve(engine.label());
        boolean isNative = engine == Engine.HNSWLIB;
        List<String> command = new ArrayList<>();
        if (isNative) {
            command.add(String.valueOf(Objects.requireNonNull(plan.hnswlib()).toAbsolutePath()));
        } else {
            command.addAll(java());
            command.addAll(List.of("--engine", engine.label()));
        }
        command.addAll(
                List.of(
                        "--base", String.valueOf(data.baseFile()),
                        "--query", String.valueOf(data.queryFile()),
                        "--work", String.valueOf(own),
                        "--metric", plan.space().name().toLowerCase(Locale.ROOT),
                        "--k", String.valueOf(plan.k()),
                        "--ef", join(plan.ef()),
                        "--threads", String.valueOf(PeerPlan.BUILD_THREADS),
                        "--seconds", String.valueOf(plan.leastSeconds())));
        return new Peer(
                engine.label(),
                command,
                isNative ? NATIVE_HUGE_PAGES : Map.of(),
                isNative ? NATIVE_WARM_UPS : JVM_WARM_UPS,
                own);
    }

    /** This JVM again, with its options. */
    private static List<String> java() {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String option : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
            if (!option.startsWith("-javaagent:") && !option.startsWith("-agentlib:")) {
                command.add(option);
            }
        }
        command.add(JVM_HUGE_PAGES);
        command.addAll(
                List.of("-cp", System.getProperty("java.class.path"), DriverMain.class.getName()));
        return command;
    }

    private static String join(List<Integer> numbers) {
        return numbers.stream().map(String::valueOf).collect(Collectors.joining(","));
    }
}
