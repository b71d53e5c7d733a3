package io.millrace.jmh.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.progress.ProgressListener;
import io.millrace.data.simulate.VectorPlan;
import io.millrace.data.simulate.VectorSimulator;
import io.millrace.index.vectors.VectorFiles;
import io.millrace.jmh.peers.driver.Space;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Drivers that are shell scripts: some do as they are told, others die, lie or never live. */
final class ComparisonTest {
    private static final String BUILT =
            "echo '{\"version\":\"1\",\"kernels\":\"none\",\"vectors\":300,\"buildSeconds\":1.5,"
                    + "\"bytesPerVector\":32.0}'\n";

    @TempDir private Path folder;

    @Test
    void shouldKeepTheOthersAndWhatWasMeasuredWhenADriverDies() throws IOException {
        Peer steady =
                peer(
                        "steady",
                        2,
                        BUILT
                                + """
                                rounds=0
                                while read -r word; do
                                    echo "$word" >> heard
                                    [ "$word" = end ] && exit 0
                                    rounds=$((rounds + 1))
                                    echo 'a warning of some library'
                                    echo "{\\"ef\\":10,\\"queriesPerSecond\\":${rounds}000}"
                                    echo "{\\"ef\\":20,\\"queriesPerSecond\\":${rounds}00}"
                                done
                                """);
        Peer mortal =
                peer(
                        "mortal",
                        0,
                        BUILT
                                + """
                                read -r word
                                echo '{"ef":10,"queriesPerSecond":70}'
                                echo '{"ef":20,"queriesPerSecond":60}'
                                read -r word
                                echo '{"ef":10,"queriesPerSecond":90}'
                                echo 'first words' >&2
                                echo 'out of luck' >&2
                                exit 3
                                """);
        Peer stillborn = peer("stillborn", 0, "echo 'no memory' >&2; exit 1");
        Peer liar =
                peer(
                        "liar",
                        0,
                        BUILT + "read -r word; echo '{\"ef\":11,\"queriesPerSecond\":70}'; cat");
        Peer babbler = peer("babbler", 0, "echo '{\"ef\":'; cat");
        Peer unborn =
                new Peer(
                        "unborn",
                        List.of(folder.resolve("no-such-driver").toString()),
                        Map.of(),
                        0,
                        folder);
        StringWriter progress = new StringWriter();
        List<PeerRun> runs = compare(progress, mortal, steady, stillborn, liar, babbler, unborn);

        PeerRun died = runs.get(0);
        assertEquals(
                "driver failed, it ended too early: engine=mortal, while=ef=20, exit=3, last"
                        + " words=out of luck; see "
                        + folder.resolve("mortal.log"),
                died.failure());
        // Two points of the first round, one of the second: 10 is the median of 70 and 90.
        assertEquals(
                List.of(
                        new RecallCurve.Point(10, 1, 80, 90 / 70.0),
                        new RecallCurve.Point(20, 1, 60, 1)),
                died.curve().points());

        PeerRun lived = runs.get(1);
        assertNull(lived.failure());
        // The two rounds of the warm-up do not count: the median is that of 3, 4 and 5.
        assertEquals(
                List.of(
                        new RecallCurve.Point(10, 1, 4_000, 5 / 3.0),
                        new RecallCurve.Point(20, 1, 400, 5 / 3.0)),
                lived.curve().points());
        assertEquals(1.5, Objects.requireNonNull(lived.built()).buildSeconds());
        ProcessMemory memory = Objects.requireNonNull(lived.memory());
        assertTrue(memory.residentMb() > 0, "memory=" + memory);
        assertEquals(
                List.of("round", "round", "round", "round", "round", "end"),
                Files.readAllLines(steady.work().resolve("heard")));

        assertFailure(
                runs.get(2), "engine=stillborn, while=building, exit=1, last words=no memory");
        assertNull(runs.get(2).built());
        assertFailure(runs.get(3), "it answers out of order: engine=liar, while=ef=10");
        assertFailure(runs.get(4), "it said what is not understood: engine=babbler");
        assertFailure(runs.get(5), "driver can't be started: engine=unborn");
        for (PeerRun run : runs.subList(2, 6)) {
            assertEquals(List.of(), run.curve().points());
        }
        assertTrue(
                progress.toString().lines().allMatch(line -> line.startsWith("peers: ")),
                progress.toString());
    }

    private static void assertFailure(PeerRun run, String part) {
        String failure = Objects.requireNonNull(run.failure(), run.name());
        assertTrue(failure.contains(part), failure);
        assertEquals(1, failure.lines().count(), failure);
    }

    private List<PeerRun> compare(StringWriter progress, Peer... peers) throws IOException {
        Path vectors = folder.resolve("vectors");
        VectorSimulator.run(new VectorPlan(300, 4, 10, 8, 1, 1), vectors, ProgressListener.NONE);
        for (Peer peer : peers) {
            writeTruth(vectors, peer.work());
        }
        PeerPlan plan = PeerSamples.plan(vectors, Space.L2, Integer.MAX_VALUE, folder);
        try (PeerData data = PeerData.prepare(plan, folder);
                PrintWriter out = new PrintWriter(progress)) {
            return Comparison.run(plan, data, List.of(peers), out);
        }
    }

    /** Answers without fault for both efforts. */
    private static void writeTruth(Path vectors, Path work) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(4 * 10 * 4).order(ByteOrder.LITTLE_ENDIAN);
        for (int[] row : VectorFiles.readTruth(vectors.resolve("truth.ivecs"), 4)) {
            for (int ordinal : row) {
                bytes.putInt(ordinal);
            }
        }
        Files.createDirectories(work);
        Files.write(work.resolve("10.ints"), bytes.array());
        Files.write(work.resolve("20.ints"), bytes.array());
    }

    private Peer peer(String name, int warmUps, String script) {
        Path work = folder.resolve(name);
        return new Peer(
                name, List.of("sh", "-c", "cd '" + work + "'\n" + script), Map.of(), warmUps, work);
    }
}
