package io.millrace.jmh.peers.driver;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;

import io.millrace.core.error.MillraceException;
import io.millrace.core.json.Json;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Measures an engine whenever it is told to. All engines in Java are measured by this one loop; the
 * driver in C++ has the same.
 *
 * <p>Threading: one thread.
 */
final class SweepLoop {
    private static final double NS_PER_SECOND = 1e9;

    private final SearchEngine engine;
    private final int queries;
    private final DriverSettings settings;
    private final int[] answers;

    SweepLoop(SearchEngine engine, int queries, DriverSettings settings) {
        this.engine = engine;
        this.queries = queries;
        this.settings = settings;
        answers = new int[Math.multiplyExact(queries, settings.k())];
    }

    /** Says what was built, then obeys until the end. */
    void run(BuiltLine built, BufferedReader commands, PrintStream out) throws IOException {
        say(built, out);
        String command = commands.readLine();
        while (command != null && !command.equals("end")) {
            if (!command.equals("round")) {
                throw MillraceException.usage(
                        "no such command: command=%s; give round or end", command);
            }
            for (int ef : settings.ef()) {
                PointLine point = measure(ef);
                write(settings.work().resolve(ef + ".ints"));
                say(point, out);
            }
            command = commands.readLine();
        }
    }

    private PointLine measure(int ef) throws IOException {
        engine.setEffort(ef);
        long leastNs = (long) (settings.leastSeconds() * NS_PER_SECOND);
        long searches = 0;
        long start = System.nanoTime();
        long ns;
        do {
            searchAll();
            searches += queries;
            ns = System.nanoTime() - start;
        } while (ns < leastNs);
        return new PointLine(ef, searches * NS_PER_SECOND / ns);
    }

    private void searchAll() throws IOException {
        int k = settings.k();
        for (int query = 0; query < queries; query++) {
            int from = query * k;
            int found = engine.searchInto(query, answers, from);
            if (found < k) {
                Arrays.fill(answers, from + found, from + k, -1);
            }
        }
    }

    private void write(Path file) {
        ByteBuffer bytes =
                ByteBuffer.allocate(answers.length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asIntBuffer().put(answers);
        try {
            Files.write(file, bytes.array());
        } catch (IOException e) {
            throw MillraceException.io("write answers", file, e);
        }
    }

    private static void say(Object line, PrintStream out) throws JsonProcessingException {
        out.println(
                Json.mapper()
                        .writer()
                        .without(SerializationFeature.INDENT_OUTPUT)
                        .writeValueAsString(line));
        out.flush();
    }
}
