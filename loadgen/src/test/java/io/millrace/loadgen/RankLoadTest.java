package io.millrace.loadgen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.client.FakeServer;
import io.millrace.client.MillraceClient;
import io.millrace.client.message.RankColumns;
import io.millrace.core.wire.codec.RankRequestDecoder;
import io.millrace.loadgen.plan.LoadPlan;
import io.millrace.loadgen.plan.LoadSchedule;
import io.millrace.loadgen.plan.RequestType;
import io.millrace.loadgen.report.LoadReport;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** Requests for the order of candidates in the mix, as a server meets and answers them. */
final class RankLoadTest {
    private static final long[] ITEMS = {1_001, 1_002, 1_003};

    /** The answers are those of the first items named, or of others, or not the best first. */
    @ParameterizedTest
    @CsvSource({"0, 0.5, 0.25, 0", "1000000, 0.5, 0.25, 1", "0, 0.25, 0.5, 1"})
    void shouldJudgeTheOrderOfRankedItems(long shift, float first, float second, int malformed)
            throws InterruptedException {
        Set<Long> asked = new HashSet<>();
        FakeServer.Behaviour behaviour =
                (peer, number) -> {
                    if (!peer.isRank()) {
                        peer.answerSound();
                        return;
                    }
                    long[] ids = peer.candidates();
                    synchronized (asked) {
                        Arrays.stream(ids).forEach(asked::add);
                    }
                    long[] best = {ids[1] + shift, ids[0] + shift};
                    peer.answerScored(best, first, second);
                };
        try (FakeServer server = new FakeServer(behaviour)) {
            LoadReport report =
                    LoadGeneratorTest.run(
                            LoadGeneratorTest.plan(server)
                                    .similar(0, ITEMS)
                                    .rank(0.5, 2)
                                    .warmupMs(0)
                                    .k(2));
            LoadSchedule schedule = new LoadSchedule(report.plan());
            long ranked =
                    IntStream.range(0, schedule.count())
                            .filter(i -> schedule.type(i) == RequestType.RANK)
                            .count();
            assertTrue(ranked > 0 && ranked < schedule.count());
            assertEquals(schedule.count(), report.counts().answered());
            assertEquals(ranked * malformed, report.counts().malformed());
            synchronized (asked) {
                assertEquals(Set.of(1_001L, 1_002L, 1_003L), asked);
            }
        }
    }

    @Test
    void shouldBringMadeUpFeaturesWhereThereAreNoItems() {
        Set<String> asked = new HashSet<>();
        FakeServer.Behaviour behaviour =
                (peer, number) -> {
                    RankRequestDecoder rank = peer.rank();
                    String about = rank.userId() + " " + rank.deadlineUs() + " " + rank.k();
                    rank.context().sbeSkip();
                    rank.candidates().forEach(candidate -> {});
                    List<String> columns = new ArrayList<>();
                    for (RankRequestDecoder.ColumnsDecoder column : rank.columns()) {
                        columns.add(column.name() + " " + column.skipValues());
                    }
                    synchronized (asked) {
                        asked.add(about + " " + columns);
                    }
                    long[] ids = peer.candidates();
                    peer.answerScored(new long[] {ids[4], ids[0]}, 0.5f, 0.25f);
                };
        try (FakeServer server = new FakeServer(behaviour)) {
            RankColumns columns;
            try (MillraceClient client =
                    MillraceClient.of("127.0.0.1", server.port(), Duration.ofSeconds(2))) {
                columns = client.rankColumns();
            }
            LoadReport report =
                    LoadGeneratorTest.run(
                            LoadPlan.to("127.0.0.1", server.port(), new long[0])
                                    .warmupMs(0)
                                    .durationMs(300)
                                    .ratePerSecond(200)
                                    .rank(1, 5, columns)
                                    .deadlineUs(70_000)
                                    .k(2));
            assertEquals(report.counts().planned(), report.counts().answered());
            assertEquals(0, report.counts().malformed());
            synchronized (asked) {
                assertEquals(Set.of("-1 70000 2 [price 40, tags 50]"), asked);
            }
        }
    }
}
