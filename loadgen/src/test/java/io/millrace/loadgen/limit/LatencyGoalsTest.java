package io.millrace.loadgen.limit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.loadgen.plan.LoadPlan;
import io.millrace.loadgen.plan.RequestMix;
import io.millrace.loadgen.plan.RequestType;
import io.millrace.loadgen.report.LoadReport;
import io.millrace.loadgen.report.TypeReport;

import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

final class LatencyGoalsTest {
    private static final long NS_PER_MS = 1_000_000;

    /** Of a hundred answers five take so long, all others a millisecond. */
    private static TypeReport kind(RequestType type, int count, long slowMs) {
        Histogram latency = new Histogram(3);
        latency.recordValueWithCount(NS_PER_MS, count - count / 20);
        latency.recordValueWithCount(slowMs * NS_PER_MS, count / 20);
        return Steps.kind(type, latency);
    }

    private static LimitStep step(String goals, TypeReport... kinds) {
        return LimitStep.of(
                100,
                Steps.report(List.of(kinds)),
                AnswerQuality.UNJUDGED,
                new LimitGoals(
                        LatencyGoals.parse(goals), OptionalDouble.empty(), OptionalDouble.empty()),
                Optional.empty());
    }

    @Test
    void shouldReadWhatPeopleWrite() {
        assertEquals(Map.of("reads", 5.0), LatencyGoals.parse("5").p99Ms());
        assertEquals(
                Map.of("recommend", 5.0, "search", 2.5, "upsert", 20.0),
                LatencyGoals.parse("recommend=5, search=2.5,upsert = 20").p99Ms());
        assertEquals(
                List.of("reads", "changes"),
                List.copyOf(LatencyGoals.parse("5,changes=50").p99Ms().keySet()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''|no milliseconds",
                "fast|no milliseconds",
                "5,|no milliseconds",
                "recommend=|no milliseconds",
                "recommend=5=6|no milliseconds",
                "0|out of range: p99Ms=0.0, kind=reads",
                "-1|out of range",
                "NaN|out of range",
                "search=600001|out of range: p99Ms=600001.0, kind=search",
                "5,6|two limits of one kind: kind=reads",
                "5,reads=6|two limits of one kind: kind=reads",
                "reads=5,write=6|no kind of request: kind=write, known=reads changes all recommend",
                "=5|no kind of request: kind=,"
            })
    void shouldRefuseWhatMakesNoSenseInOneLine(String text, String message) {
        MillraceException e = assertThrows(MillraceException.class, () -> LatencyGoals.parse(text));
        assertEquals(ErrorCode.USAGE, e.code());
        String said = String.valueOf(e.getMessage());
        assertTrue(said.startsWith(message), said);
        assertEquals(1, said.lines().count(), said);
    }

    /** A mean over both would hide slow changes behind many reads, and blame reads for changes. */
    @Test
    void shouldJudgeReadsByReadsAlone() {
        TypeReport reads = kind(RequestType.RECOMMEND, 1_000, 4);
        TypeReport changes = kind(RequestType.UPSERT, 1_000, 90);
        LimitStep step = step("5", reads, changes);
        assertEquals(StepVerdict.HOLDS, step.verdict());
        assertEquals(StepVerdict.SLOW, step("all=5", reads, changes).verdict());
        assertEquals(4_000, step.figures().number("goal.reads.p99_us"), 8);
        assertEquals(5_000, step.figures().number("goal.reads.limit_us"));
        // Few slow searches do not move the percentile of all reads, but that of their own kind.
        TypeReport many = kind(RequestType.RECOMMEND, 100_000, 4);
        TypeReport few = kind(RequestType.SEARCH, 1_000, 30);
        assertEquals(StepVerdict.HOLDS, step("5", many, few).verdict());
        LimitStep slow = step("5,search=20,upsert=80", many, few, changes);
        assertEquals(StepVerdict.SLOW, slow.verdict());
        assertEquals(List.of("search", "upsert"), slow.slowKinds());
        assertEquals("too slow: search, upsert", slow.label());
        assertEquals("search,upsert", slow.figures().text("slow_kinds"));
        assertEquals("holds", step("search=31,changes=91", many, few, changes).label());
    }

    @Test
    void shouldNotHoldWhenNothingOfAKindWasAnswered() {
        LoadReport report = Steps.report(List.of(kind(RequestType.RECOMMEND, 1_000, 4)));
        LatencyGoals goals = LatencyGoals.parse("5,upsert=20");
        assertEquals(Optional.empty(), LatencyGoals.measured(report, "upsert"));
        assertEquals(List.of("upsert"), goals.missed(report));
    }

    @Test
    void shouldTellTheKindsThatBoundASearch() {
        TypeReport changes = kind(RequestType.UPSERT, 1_000, 90);
        LimitStep fails = step("changes=50", changes);
        LimitReport report =
                new LimitReport(
                        OptionalDouble.empty(), OptionalDouble.of(100), true, List.of(fails));
        assertEquals("too slow", report.figures().text("bounded_by"));
        assertEquals("changes", report.figures().text("bounded_by_kinds"));
    }

    @Test
    void shouldWantRequestsOfEveryKind() {
        RequestMix mix =
                LoadPlan.to("localhost", 1, new long[] {1})
                        .similar(0.25, new long[] {2, 3})
                        .build()
                        .mix();
        LatencyGoals.parse("5,similar=2,recommend=3,all=4").requireIn(mix);
        assertEquals(0.25, LatencyGoals.parse("5,similar=2").leastShare(mix), 1e-9);
        assertEquals(0.75, LatencyGoals.parse("recommend=2").leastShare(mix), 1e-9);
        for (String absent : List.of("changes", "upsert", "rank")) {
            MillraceException e =
                    assertThrows(
                            MillraceException.class,
                            () -> LatencyGoals.parse("5," + absent + "=2").requireIn(mix));
            assertTrue(
                    String.valueOf(e.getMessage())
                            .startsWith(
                                    "no requests of a kind with a limit: kind="
                                            + absent
                                            + ", p99Ms=2.0, kinds of the load=recommend similar;"),
                    e.getMessage());
        }
    }
}
