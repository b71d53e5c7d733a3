package io.millrace.jmh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import org.junit.jupiter.api.Test;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Runs every benchmark for a moment, in this JVM, so that one that fails is seen by the build. */
final class BenchmarksTest {
    private static final String SUFFIX = "Benchmark.java";

    static {
        // Read when the runner's class is loaded: another run on this machine is none of ours.
        System.setProperty("jmh.ignoreLock", "true");
    }

    @Test
    void shouldRunEveryBenchmarkWhenItsSetUpVerifies() throws RunnerException, IOException {
        Set<String> expected = benchmarkClasses();
        assertFalse(expected.isEmpty(), "no benchmarks found");
        Set<String> run = new TreeSet<>();
        for (RunResult result : new Runner(options().build()).run()) {
            String method = result.getParams().getBenchmark();
            run.add(method.substring(0, method.lastIndexOf('.')));
        }
        assertEquals(expected, run, "benchmarks that ran");
    }

    private static OptionsBuilder options() {
        OptionsBuilder options = new OptionsBuilder();
        options.forks(0)
                .warmupIterations(0)
                .measurementIterations(1)
                .measurementTime(TimeValue.milliseconds(10))
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT)
                // Worlds small enough for a build.
                .param("rows", "5000");
        return options;
    }

    private static Set<String> benchmarkClasses() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            return files.map(Path::toString)
                    .filter(file -> file.endsWith(SUFFIX))
                    .map(file -> "io.millrace.jmh." + Path.of(file).getFileName())
                    .map(name -> name.substring(0, name.length() - ".java".length()))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }
}
