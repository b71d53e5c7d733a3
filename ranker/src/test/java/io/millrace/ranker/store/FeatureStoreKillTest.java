package io.millrace.ranker.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.ranker.ChildProcess;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Another process writes rows, tells after each that it is written, and is killed. */
final class FeatureStoreKillTest {
    private static final int IDS = 20_000;
    private static final int ROUNDS = 4;

    @TempDir private Path folder;

    @Test
    void shouldFindWhatWasAcknowledgedWhenTheWriterIsKilled() throws Exception {
        MemorySegment row = Arena.ofAuto().allocate(StoreRows.LAYOUT.rowBytes());
        for (int round = 0; round < ROUNDS; round++) {
            long acknowledged = writeUntilKilled(round);
            try (FeatureStore store = FeatureStore.open(folder, "users", StoreRows.LAYOUT)) {
                RowReader reader = store.newReader();
                for (int id = 0; id < IDS; id++) {
                    int expected = Writer.lastNumber(id, acknowledged);
                    boolean isThere = reader.readInto(id, row, 0);
                    assertEquals(expected >= 0 || isThere, isThere, "row " + id);
                    if (isThere) {
                        int number = StoreRows.numberOf(row, 0);
                        // The one write that was not acknowledged may be there or not.
                        boolean isNext = Writer.lastNumber(id, acknowledged + 1) == number;
                        assertTrue(
                                number >= 0 && (number == expected || isNext),
                                "row " + id + " holds " + number + ", not " + expected);
                    }
                }
            }
        }
    }

    @Test
    void shouldPrintNothingAndLoadNoHttpWhenUsedOutsideOfTests() throws Exception {
        Process process = start("quiet", 0, List.of("-Xlog:class+load:file=" + classes()));
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        // The JVM itself tells that it runs with the Vector API.
        assertEquals(
                List.of(),
                Files.readAllLines(folder.resolve("log")).stream()
                        .filter(line -> !line.contains("incubator"))
                        .toList());
        assertEquals(0, process.exitValue());
        List<String> loaded = Files.readAllLines(classes());
        assertTrue(loaded.stream().anyMatch(line -> line.contains("FeatureStore")));
        for (String unwanted :
                List.of(
                        "HttpURLConnection",
                        "java.net.http",
                        "tools.javac.comp.Attr",
                        "GoogleAnalytics")) {
            assertTrue(
                    loaded.stream().noneMatch(line -> line.contains(unwanted)),
                    () -> unwanted + " was loaded");
        }
    }

    private Path classes() {
        return folder.resolve("classes");
    }

    private long writeUntilKilled(int round) throws IOException, InterruptedException {
        Process writer = start("write", round, List.of());
        return ChildProcess.killWhenFurther(
                writer, folder.resolve("counter"), 3L * IDS, folder.resolve("log"));
    }

    private Process start(String mode, int round, List<String> options) throws IOException {
        return ChildProcess.start(
                Writer.class,
                folder.resolve("log"),
                options,
                mode,
                folder.toString(),
                String.valueOf(round));
    }

    /** Entry point of the process that is killed. */
    static final class Writer {
        private Writer() {}

        public static void main(String[] arguments) throws IOException {
            Path folder = Path.of(arguments[1]);
            if (arguments[0].equals("quiet")) {
                use(folder.resolve("quiet"));
            } else {
                write(folder, arguments[2].equals("0"));
            }
        }

        /** What the n-th write is: ids in turn, numbers that grow. */
        static int lastNumber(int id, long writes) {
            long times = writes / IDS + (writes % IDS > id ? 1 : 0);
            return (int) times - 1;
        }

        private static void write(Path folder, boolean isFirst) throws IOException {
            MemorySegment row = Arena.ofAuto().allocate(StoreRows.LAYOUT.rowBytes());
            MemorySegment written =
                    ChildProcess.mapCounter(folder.resolve("counter"), Arena.ofAuto());
            try (FeatureStore store =
                    isFirst
                            ? FeatureStore.create(folder, "users", StoreRows.LAYOUT, IDS)
                            : FeatureStore.open(folder, "users", StoreRows.LAYOUT)) {
                for (long n = written.get(ValueLayout.JAVA_LONG, 0); n < 1L << 40; n++) {
                    StoreRows.fill(row, 0, (int) (n / IDS));
                    store.put(n % IDS, row, 0);
                    written.set(ValueLayout.JAVA_LONG, 0, n + 1);
                }
            }
        }

        /** A life of a store: made, closed, opened after a kill. */
        private static void use(Path folder) throws IOException {
            MemorySegment row = Arena.ofAuto().allocate(StoreRows.LAYOUT.rowBytes());
            StoreRows.fill(row, 0, 1);
            try (FeatureStore store = FeatureStore.create(folder, "a", StoreRows.LAYOUT, 10)) {
                store.put(1, row, 0);
                store.newReader().readInto(1, row, 0);
            }
            Path description = folder.resolve("a.json");
            String json = Files.readString(description);
            Files.writeString(description, json.replace("\"clean\" : true", "\"clean\" : false"));
            FeatureStore.open(folder, "a", StoreRows.LAYOUT).close();
        }
    }
}
