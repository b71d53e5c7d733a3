package io.millrace.jmh.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;

/** Tables against their text. */
final class RatioTableTest {
    @Test
    void shouldPrintSpeedsAndRatiosWhenRecallsAreReached() {
        PeerRun own = PeerSamples.run("millrace", 50, 0.9, 40_000, 0.99, 10_000);
        PeerRun slow = PeerSamples.run("hnswlib", 100, 0.9, 16_000, 0.96, 4_000);
        PeerRun late = PeerSamples.run("lucene", 200, 0.97, 5_000, 0.99, 1_250);
        assertEquals(
                """
                queries/s at recall@10           0.9         0.99  build s  bytes/vector  huge MiB  spread
                millrace                      40,000       10,000     50.0           512     1,500   1.00x
                hnswlib                       16,000  not reached    100.0           512     1,500   1.00x
                lucene                  starts above        1,250    200.0           512     1,500   1.00x
                millrace/hnswlib               2.50x            -    0.50x         1.00x
                millrace/lucene                    -        8.00x    0.25x         1.00x
                """,
                print(List.of(own, slow, late), 0.9, 0.99));
    }

    @Test
    void shouldMarkWhatFailedWhenItHasSomeResults() {
        PeerRun own = PeerSamples.run("millrace", 50, 0.9, 40_000, 0.99, 10_000);
        PeerRun half = PeerSamples.run("lucene", 25, 0.9, 20_000);
        half.fail("driver failed: engine=lucene");
        PeerRun none = new PeerRun("jvector");
        none.fail("driver failed: engine=jvector");
        assertEquals(
                """
                queries/s at recall@10     0.9         0.99  build s  bytes/vector  huge MiB  spread
                millrace                40,000       10,000     50.0           512     1,500   1.00x
                lucene *                20,000  not reached     25.0           512     1,500   1.00x
                jvector *                    -            -        -             -         -       -
                millrace/lucene          2.00x            -    2.00x         1.00x
                millrace/jvector             -            -        -             -
                *  driver failed: engine=lucene
                *  driver failed: engine=jvector
                """,
                print(List.of(own, half, none), 0.9, 0.99));
    }

    @Test
    void shouldLeaveRatiosOutWhenMillraceIsNotMeasured() {
        PeerRun alone = PeerSamples.run("hnswlib", 100, 0.9, 16_000);
        assertEquals(
                """
                queries/s at recall@10     0.9  build s  bytes/vector  huge MiB  spread
                hnswlib                 16,000    100.0           512     1,500   1.00x
                """,
                print(List.of(alone), 0.9));
    }

    private static String print(List<PeerRun> runs, Double... recalls) {
        StringWriter text = new StringWriter();
        try (PrintWriter out = new PrintWriter(text)) {
            new RatioTable(runs, List.of(recalls), 10).print(out);
        }
        return text.toString();
    }
}
