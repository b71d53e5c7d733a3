package io.millrace.loadgen;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.client.FakeServer;
import io.millrace.client.message.RankColumns;
import io.millrace.core.error.MillraceException;
import io.millrace.core.metrics.Figures;
import io.millrace.core.wire.Status;
import io.millrace.core.wire.codec.EventCode;
import io.millrace.core.wire.codec.FeedbackRequestDecoder;
import io.millrace.core.wire.codec.FormCode;
import io.millrace.core.wire.codec.ReasonCode;
import io.millrace.core.wire.codec.ScopeCode;
import io.millrace.core.wire.codec.UpdateRequestDecoder;
import io.millrace.core.wire.codec.UpsertRequestDecoder;
import io.millrace.loadgen.change.ChangeMix;
import io.millrace.loadgen.plan.LoadPlan;
import io.millrace.loadgen.plan.LoadPlanBuilder;
import io.millrace.loadgen.plan.LoadSchedule;
import io.millrace.loadgen.plan.RequestType;
import io.millrace.loadgen.report.LoadReport;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Feedback, updates and upserts in the mix, as a server meets and answers them. */
final class ChangeLoadTest {
    private static final long[] ITEMS = {1_001, 1_002, 1_003};
    private static final int NEW_ITEMS = 5;
    private static final long TIMESTAMP_MS = 1_700_000_000_123L;
    private static final List<RankColumns.Column> COLUMNS =
            List.of(
                    new RankColumns.Column("price", FormCode.NUMBERS, 1),
                    new RankColumns.Column("tags", FormCode.TEXTS, 3));
    private static final float[][] VECTORS = {{1, 0.5f}};

    private static ChangeMix mix(double feedback, double update, double upsert) {
        return new ChangeMix(feedback, update, upsert, 0, NEW_ITEMS, false, COLUMNS, VECTORS);
    }

    /** What has arrived, in words, and how often. */
    private static final class Heard {
        private final Map<String, Integer> counts = new HashMap<>();

        synchronized void add(String words) {
            counts.merge(words, 1, Integer::sum);
        }

        synchronized Set<String> of(String kind) {
            return counts.keySet().stream()
                    .filter(words -> words.startsWith(kind))
                    .collect(Collectors.toSet());
        }

        synchronized int count(String kind) {
            return counts.entrySet().stream()
                    .filter(entry -> entry.getKey().startsWith(kind))
                    .mapToInt(Map.Entry::getValue)
                    .sum();
        }
    }

    private static void hear(FakeServer.Peer peer, Heard heard) throws IOException {
        if (peer.isFeedback()) {
            FeedbackRequestDecoder told = peer.feedback();
            assertEquals(TIMESTAMP_MS, told.timestampMs());
            assertEquals(70_000, told.deadlineUs());
            String user = "feedback " + told.userId();
            for (FeedbackRequestDecoder.EventsDecoder event : told.events()) {
                heard.add(user + " " + event.itemId());
                boolean isWatch = event.kind() == EventCode.WATCH;
                boolean isShare = event.watchedShare() >= 0 && event.watchedShare() <= 1;
                boolean isSound = isWatch ? isShare : Float.isNaN(event.watchedShare());
                heard.add("event " + event.kind() + " " + isSound);
            }
        } else if (peer.isUpsert()) {
            UpsertRequestDecoder upsert = peer.upsert();
            String words = "upsert " + upsert.itemId() + " " + upsert.deadlineUs();
            List<String> columns = new ArrayList<>();
            for (UpsertRequestDecoder.ColumnsDecoder column : upsert.columns()) {
                columns.add(column.name() + " " + column.skipValues());
            }
            heard.add(words + " " + columns + " " + upsert.vectorLength());
        } else {
            UpdateRequestDecoder update = peer.update();
            assertEquals(ScopeCode.ITEM, update.scope());
            String words = "update " + update.id() + " " + update.deadlineUs();
            for (UpdateRequestDecoder.ColumnsDecoder column : update.columns()) {
                words += " " + column.name() + " " + column.skipValues();
            }
            heard.add(words);
        }
    }

    private static boolean isRecommend(FakeServer.Peer peer) {
        return peer.version() == 1;
    }

    private static LoadPlanBuilder plan(FakeServer server) {
        return LoadGeneratorTest.plan(server)
                .ratePerSecond(1_000)
                .similar(0, ITEMS)
                .timestampMs(TIMESTAMP_MS)
                .deadlineUs(70_000);
    }

    @Test
    void shouldChangeWhatThePlanSays() throws InterruptedException {
        Heard heard = new Heard();
        FakeServer.Behaviour behaviour =
                (peer, number) -> {
                    if (isRecommend(peer)) {
                        heard.add("recommend");
                        peer.answerSound();
                    } else {
                        hear(peer, heard);
                        peer.answerEmpty();
                    }
                };
        try (FakeServer server = new FakeServer(behaviour)) {
            LoadReport report = LoadGeneratorTest.run(plan(server).changes(mix(0.3, 0.2, 0.1)));
            assertEquals(report.counts().planned(), report.counts().answered());
            assertEquals(0, report.counts().malformed());
            assertArrivedAsPlanned(heard, new LoadSchedule(report.plan()));
            Figures figures = report.figures();
            long kinds = 0;
            for (String kind : List.of("recommend", "feedback", "update", "upsert")) {
                assertEquals(heard.count(kind), figures.number("by_kind." + kind + ".answered"));
                kinds += heard.count(kind);
            }
            assertEquals(report.counts().planned(), kinds);
            assertEquals(0.3, heard.count("feedback") / (double) kinds, 0.07);
            assertEquals(0.2, heard.count("update") / (double) kinds, 0.07);
            assertEquals(0.1, heard.count("upsert") / (double) kinds, 0.06);
            assertEquals(heard.count("recommend"), figures.number("by_kind.reads.answered"));
            assertEquals(
                    (double) kinds - heard.count("recommend"),
                    figures.number("by_kind.changes.answered"));
            double slowest =
                    Math.max(
                            figures.number("by_kind.reads.max_us"),
                            figures.number("by_kind.changes.max_us"));
            assertEquals(figures.number("latency.max_us"), slowest);
        }
    }

    private static void assertArrivedAsPlanned(Heard heard, LoadSchedule schedule) {
        Set<String> feedback = new HashSet<>();
        for (int i = 0; i < schedule.count(); i++) {
            if (schedule.type(i) == RequestType.FEEDBACK) {
                feedback.add("feedback " + schedule.id(i) + " " + schedule.itemId(i));
            }
        }
        assertTrue(feedback.size() > 10, "several users and items");
        assertEquals(feedback, heard.of("feedback"));
        assertEquals(
                Set.of("event IMPRESSION true", "event CLICK true", "event WATCH true"),
                heard.of("event"));
        assertTrue(heard.count("event IMPRESSION") > 2 * heard.count("event CLICK"));
        // A number has 8 bytes, a text of 8 letters 2 more for its length.
        assertEquals(
                Arrays.stream(ITEMS)
                        .boxed()
                        .flatMap(
                                id ->
                                        List.of(
                                                "update " + id + " 70000 price 8",
                                                "update " + id + " 70000 tags 10")
                                                .stream())
                        .collect(Collectors.toSet()),
                heard.of("update"));
        assertEquals(
                IntStream.range(0, NEW_ITEMS)
                        .mapToObj(i -> ChangeMix.FIRST_NEW_ITEM + i)
                        .map(id -> "upsert " + id + " 70000 [price 8, tags 10] 8")
                        .collect(Collectors.toSet()),
                heard.of("upsert"));
    }

    @Test
    void shouldTellRefusedChangesApart() throws InterruptedException {
        FakeServer.Behaviour behaviour =
                (peer, number) -> {
                    if (isRecommend(peer)) {
                        peer.answerSound();
                    } else if (peer.isUpsert()) {
                        refuse(peer, Status.OVERLOADED);
                    } else if (peer.isFeedback()) {
                        // With items, which makes no sense.
                        peer.answer(Status.OK, ReasonCode.NONE, new long[] {1}, 0.5f, "");
                    } else {
                        refuse(peer, Status.CHANGES_REFUSED);
                    }
                };
        try (FakeServer server = new FakeServer(behaviour)) {
            LoadReport report = LoadGeneratorTest.run(plan(server).changes(mix(0.1, 0.2, 0.3)));
            Figures figures = report.figures();
            double updates = figures.number("by_kind.update.planned");
            double upserts = figures.number("by_kind.upsert.planned");
            assertTrue(updates > 0 && upserts > 0);
            assertEquals(updates + upserts, (double) report.counts().refused());
            assertEquals(0, report.counts().errors());
            assertEquals(updates, figures.number("by_kind.update.refused"));
            assertEquals(updates, figures.number("by_kind.update.changes_refused"));
            assertEquals(0, figures.number("by_kind.update.overloaded"));
            assertEquals(upserts, figures.number("by_kind.upsert.overloaded"));
            assertEquals(0, figures.number("by_kind.upsert.answered"));
            assertEquals(updates + upserts, figures.number("by_kind.changes.refused"));
            assertEquals(updates, figures.number("by_kind.changes.changes_refused"));
            assertEquals(0, figures.number("by_kind.reads.refused"));
            assertEquals(
                    figures.number("by_kind.feedback.answered"),
                    (double) report.counts().malformed(),
                    0);
        }
    }

    private static void refuse(FakeServer.Peer peer, Status status) throws IOException {
        peer.answer(status, ReasonCode.NONE, new long[0], 0, "no");
    }

    @Test
    void shouldBringTheSameItemsOverAndOver() {
        LoadPlanBuilder plan = LoadPlan.to("localhost", 7_311, new long[] {1});
        LoadSchedule schedule = new LoadSchedule(plan.changes(mix(0, 0, 0.2)).build());
        int upserts = 0;
        for (int i = 0; i < schedule.count(); i++) {
            if (schedule.type(i) == RequestType.UPSERT) {
                assertEquals(ChangeMix.FIRST_NEW_ITEM + upserts % NEW_ITEMS, schedule.id(i));
                upserts++;
            }
        }
        assertEquals(0.2, upserts / (double) schedule.count(), 0.02);
    }

    /** By plain code that follows the plan and knows nothing of how it was drawn. */
    @Test
    void shouldDeleteOnlyWhatWasBroughtLongBefore() {
        int items = 50;
        int timeoutMs = 100;
        LoadPlan plan =
                LoadPlan.to("localhost", 7_311, new long[] {1})
                        .timeoutMs(timeoutMs)
                        .changes(new ChangeMix(0, 0, 0.3, 0.2, items, false, COLUMNS, VECTORS))
                        .build();
        LoadSchedule schedule = new LoadSchedule(plan);
        Map<Long, Long> broughtNs = new HashMap<>();
        int deletes = 0;
        int upserts = 0;
        for (int i = 0; i < schedule.count(); i++) {
            long id = schedule.id(i);
            if (schedule.type(i) == RequestType.UPSERT) {
                upserts++;
                broughtNs.putIfAbsent(id, schedule.intendedNs(i));
            } else if (schedule.type(i) == RequestType.DELETE) {
                deletes++;
                assertTrue(broughtNs.containsKey(id), "not there: " + id);
                long atNs = broughtNs.getOrDefault(id, 0L);
                broughtNs.remove(id);
                assertTrue(schedule.intendedNs(i) - atNs > timeoutMs * 1_000_000L, "too early");
            }
        }
        // Only those of the first tenth of a second bring what they can't take out yet.
        assertEquals(0.2, deletes / (double) schedule.count(), 0.02);
        assertEquals(0.3, upserts / (double) schedule.count(), 0.02);
    }

    @Test
    void shouldDeleteWhatIsServedOnlyWhenAsked() {
        LoadPlanBuilder plan = LoadPlan.to("localhost", 7_311, new long[] {1}).similar(0, ITEMS);
        ChangeMix mix = new ChangeMix(0, 0, 0, 0.5, 1, true, List.of(), new float[0][]);
        LoadSchedule schedule = new LoadSchedule(plan.changes(mix).build());
        int deletes = 0;
        for (int i = 0; i < schedule.count(); i++) {
            if (schedule.type(i) == RequestType.DELETE) {
                assertEquals(ITEMS[ITEMS.length - 1 - deletes % ITEMS.length], schedule.id(i));
                deletes++;
            }
        }
        assertEquals(0.5, deletes / (double) schedule.count(), 0.02);
        assertEquals(
                "nothing to delete: deleteShare=0.5, upsertShare=0; bring items, too, or say that"
                        + " those of the server are to go",
                refusal(() -> new ChangeMix(0, 0, 0, 0.5, 1, false, COLUMNS, VECTORS)));
    }

    @Test
    void shouldRefuseSharesThatMakeNoSense() {
        LoadPlanBuilder plan = LoadPlan.to("localhost", 7_311, new long[] {1}).similar(0.5, ITEMS);
        assertEquals(
                "out of range: similarShare=0.5, rankShare=0.0, searchShare=0.0, feedbackShare=0.3,"
                        + " updateShare=0.2, upsertShare=0.1, deleteShare=0.0, limit=1 together",
                refusal(() -> plan.changes(mix(0.3, 0.2, 0.1))));
        assertEquals(
                "out of range: feedbackShare=1.5, limit=0 to 1", refusal(() -> mix(1.5, 0, 0)));
        assertEquals(
                "out of range: updateShare=-0.1, limit=0 to 1", refusal(() -> mix(0, -0.1, 0)));
        assertEquals(
                "out of range: upsertShare=NaN, limit=0 to 1",
                refusal(() -> mix(0, 0, Double.NaN)));
        assertEquals(
                "out of range: upsertItems=0, limit=1 to 1048576",
                refusal(() -> new ChangeMix(0, 0, 0.1, 0, 0, false, COLUMNS, VECTORS)));
        assertEquals(
                "nothing to change: updateShare=0.1, but items have no features; leave it out",
                refusal(() -> new ChangeMix(0, 0.1, 0, 0, 1, false, List.of(), VECTORS)));
        assertEquals(
                "nothing to bring: upsertShare=0.1, but items have no features; bring vectors",
                refusal(() -> new ChangeMix(0, 0, 0.1, 0, 1, false, List.of(), new float[0][])));
        LoadPlanBuilder nothing = LoadPlan.to("localhost", 7_311, new long[] {1});
        assertEquals(
                "no items to change: feedbackShare=0.1, updateShare=0.0, deleteShare=0.0; give item"
                        + " ids",
                refusal(() -> nothing.changes(mix(0.1, 0, 0))));
        // Shares that fill everything up to rounding are right, and upserts name no user.
        LoadPlan.to("localhost", 7_311, new long[0])
                .similar(0.7, ITEMS)
                .changes(mix(0, 0.2, 0.1))
                .build();
        assertEquals(
                "no users to ask for: give user ids",
                refusal(
                        () ->
                                LoadPlan.to("localhost", 7_311, new long[0])
                                        .similar(0.7, ITEMS)
                                        .changes(mix(0.3, 0, 0))
                                        .build()));
    }

    private static String refusal(Executable made) {
        return String.valueOf(assertThrows(MillraceException.class, made).getMessage());
    }
}
