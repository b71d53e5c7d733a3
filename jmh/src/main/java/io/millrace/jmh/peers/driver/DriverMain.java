package io.millrace.jmh.peers.driver;

import io.millrace.core.error.MillraceException;
import io.millrace.index.VectorSet;
import io.millrace.index.vectors.VectorFiles;
import io.millrace.jmh.Expect;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.Callable;

/** A process that holds one engine in Java; the package says what it understands and answers. */
@Command(name = "driver")
public final class DriverMain implements Callable<Integer> {
    private static final double NS_PER_SECOND = 1e9;

    @Option(names = "--engine", required = true)
    private Engine engine;

    @Option(names = "--base", required = true)
    private Path base;

    @Option(names = "--query", required = true)
    private Path query;

    @Option(names = "--work", required = true)
    private Path work;

    @Option(names = "--metric", required = true)
    private Space space;

    @Option(names = "--k", required = true)
    private int k;

    @Option(names = "--ef", required = true, split = ",")
    private List<Integer> ef;

    @Option(names = "--threads", required = true)
    private int threads;

    @Option(names = "--seconds", required = true)
    private double leastSeconds;

    private final PrintStream out;

    private DriverMain(PrintStream out) {
        this.out = out;
    }

    /**
     * Builds, measures on demand, and ends with code 0, or with 1 and the reason in the last line
     * of stderr.
     *
     * @param words the options.
     */
    public static void main(String[] words) {
        PrintStream out = System.out;
        // What libraries print is none of the answers.
        System.setOut(System.err);
        System.exit(run(out, words));
    }

    private static int run(PrintStream out, String... words) {
        try {
            return new CommandLine(new DriverMain(out))
                    .setCaseInsensitiveEnumValuesAllowed(true)
                    .setExecutionExceptionHandler((e, command, parsed) -> fail(e))
                    .execute(words);
        } catch (Error e) {
            // Too little memory, above all.
            return fail(e);
        }
    }

    private static int fail(Throwable e) {
        boolean isOwn = e instanceof MillraceException;
        if (!isOwn) {
            e.printStackTrace();
        }
        System.err.println(isOwn ? e.getMessage() : e.toString());
        return 1;
    }

    @Override
    public Integer call() throws IOException {
        Expect.servingOptions();
        DriverSettings settings = new DriverSettings(work, space, k, ef, threads, leastSeconds);
        float[][] queries = readQueries();
        VectorSet rows = VectorFiles.read(base, Integer.MAX_VALUE);
        int count = rows.count();
        long start = System.nanoTime();
        try (SearchEngine built = build(rows, queries, settings)) {
            double seconds = (System.nanoTime() - start) / NS_PER_SECOND;
            rows.close();
            new SweepLoop(built, queries.length, settings)
                    .run(
                            new BuiltLine(
                                    version(),
                                    built.kernels(),
                                    count,
                                    seconds,
                                    built.bytesPerVector()),
                            new BufferedReader(
                                    new InputStreamReader(System.in, StandardCharsets.UTF_8)),
                            out);
        }
        return 0;
    }

    private float[][] readQueries() {
        try (VectorSet rows = VectorFiles.read(query, Integer.MAX_VALUE)) {
            float[][] queries = new float[rows.count()][rows.dimension()];
            for (int i = 0; i < queries.length; i++) {
                rows.get(i, queries[i], 0);
            }
            return queries;
        }
    }

    private SearchEngine build(VectorSet rows, float[][] queries, DriverSettings settings)
            throws IOException {
        return switch (engine) {
            case MILLRACE -> MillraceEngine.build(rows, queries, settings);
            case LUCENE -> LuceneEngine.build(rows, queries, settings);
            case JVECTOR -> JVectorEngine.build(rows, queries, settings);
            case HNSWLIB ->
                    throw MillraceException.usage(
                            "not an engine in Java: engine=%s; use its own driver", engine.label());
        };
    }

    private String version() throws IOException {
        try (InputStream stream = DriverMain.class.getResourceAsStream("versions.properties")) {
            Properties versions = new Properties();
            versions.load(stream);
            return versions.getProperty(engine.label(), "unknown");
        }
    }
}
