package io.millrace.server.log;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.bundle.BundleLayout;
import io.millrace.core.wire.codec.ReasonCode;
import io.millrace.core.wire.codec.SourceCode;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowTable;
import io.millrace.ranker.impression.Impression;
import io.millrace.ranker.impression.ImpressionLayout;
import io.millrace.ranker.store.ItemRowMirror;
import io.millrace.server.TinyBundle;
import io.millrace.server.request.Answer;
import io.millrace.server.request.Lever;
import io.millrace.server.request.Request;
import io.millrace.server.request.RequestLimits;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** An odd dimension, so that the vector is filled up, and every field set to a value of its own. */
final class ImpressionRecorderTest {
    private static final int ITEMS = 30;
    private static final int ROW_BYTES = 128;
    private static final int BUFFER_BYTES = 1 << 16;
    private static final int NO_SUCH_ITEM = 1_000_000;

    @TempDir Path folder;
    private final float[] query = {1.5f, -2.5f, Float.MIN_VALUE};
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment userRow = arena.allocate(ROW_BYTES, 64);
    private final MemorySegment contextRow = arena.allocate(64, 64);
    private final Request request = new Request(new RequestLimits(10, 10, 5, 4, 2, 100, 3, 3));
    private final Answer answer = new Answer(10);
    private RowTable rows;
    private ItemRowMirror items;
    private AnsweredRows catalogue;
    private ImpressionRing ring;
    private ImpressionRecorder recorder;

    @BeforeEach
    void makeRecorder() throws IOException {
        TinyBundle tiny = new TinyBundle(ITEMS, 3);
        rows =
                RowTable.open(
                        tiny.write(folder.resolve("bundle")).resolve(BundleLayout.ITEMS),
                        tiny.schema().layout(FeatureScope.ITEM));
        items = ItemRowMirror.of(rows);
        catalogue = rowsAt(items.segment(), this::catalogueOffset);
        ring = new ImpressionRing(BUFFER_BYTES, 1, 1);
        recorder =
                new ImpressionRecorder(
                        ring,
                        new ImpressionRecorder.Scratch(
                                userRow, contextRow, items.layout().rowBytes(), RankedRates.NONE),
                        query);
        userRow.fill((byte) 3);
        contextRow.fill((byte) 4);
    }

    @AfterEach
    void close() {
        items.close();
        rows.close();
        arena.close();
    }

    private long catalogueOffset(int index, long itemId) {
        return items.offset(rows.indexOf(itemId));
    }

    private void answerWith(long... itemIds) {
        answer.clear();
        for (int i = 0; i < itemIds.length; i++) {
            answer.add(itemIds[i], 0.25f + i, SourceCode.RANKED);
        }
        answer.worked(77, 66);
        answer.degrade(Lever.SHALLOW_RANKING);
        answer.reason(ReasonCode.RULES_RELAXED);
    }

    private interface Offsets {
        long of(int index, long itemId);
    }

    /** Rows of answered items, each of which was a candidate, the best first. */
    private static AnsweredRows rowsAt(MemorySegment memory, Offsets offsets, int... candidates) {
        return new AnsweredRows() {
            @Override
            public MemorySegment memory() {
                return memory;
            }

            @Override
            public long offset(int index, long itemId) {
                return offsets.of(index, itemId);
            }

            @Override
            public int candidate(int index, long itemId, int ranked) {
                return candidates[index] < ranked ? candidates[index] : NO_CANDIDATE;
            }
        };
    }

    private List<byte[]> drain() {
        List<byte[]> records = new ArrayList<>();
        ring.drain(
                (type, buffer, index, length) -> {
                    byte[] record = new byte[length];
                    buffer.getBytes(index, record);
                    records.add(record);
                });
        return records;
    }

    private Impression wrap(byte[] record) {
        return wrap(record, 0);
    }

    private Impression wrap(byte[] record, int rates) {
        int itemRowBytes = items.layout().rowBytes();
        Impression impression =
                new Impression(new ImpressionLayout(3, ROW_BYTES, 64, itemRowBytes, rates));
        assertTrue(impression.wrap(MemorySegment.ofArray(record), 0, record.length));
        return impression;
    }

    /** Three rates fill no whole number of eight bytes, neither those of one item nor of three. */
    @Test
    void shouldKeepTheRatesOfAllCandidates() {
        AnsweredRows answered = rowsAt(items.segment(), this::catalogueOffset, 2, 0, 3);
        MemorySegment rates = arena.allocate(4 * 64, 64);
        for (int candidate = 0; candidate < 4; candidate++) {
            for (int rate = 0; rate < 3; rate++) {
                rates.setAtIndex(
                        ValueLayout.JAVA_FLOAT, candidate * 16L + rate, candidate + rate / 8f);
            }
        }
        ImpressionRecorder rated =
                new ImpressionRecorder(
                        ring,
                        new ImpressionRecorder.Scratch(
                                userRow,
                                contextRow,
                                items.layout().rowBytes(),
                                new RankedRates(rates, 3)),
                        query);
        request.recommend(1, 2, 3, 9, 0);
        answerWith(TinyBundle.itemId(7), TinyBundle.itemId(2), TinyBundle.itemId(5));
        answer.worked(77, 3);
        rated.recordForUser(request, answer, 44, true, answered);
        request.similar(4, TinyBundle.itemId(1), 9, 0);
        answerWith(TinyBundle.itemId(7));
        answer.worked(77, 0);
        rated.record(request, answer, answered);
        List<byte[]> records = drain();
        Impression ranked = wrap(records.getFirst(), 3);
        for (int rate = 0; rate < 3; rate++) {
            assertEquals(2 + rate / 8f, ranked.rate(0, rate));
            assertEquals(rate / 8f, ranked.rate(1, rate));
            // Behind those that were ranked.
            assertTrue(Float.isNaN(ranked.rate(2, rate)));
            for (int candidate = 0; candidate < 3; candidate++) {
                assertEquals(candidate + rate / 8f, ranked.candidateRate(candidate, rate));
            }
        }
        byte[] record = records.getFirst();
        for (int at = record.length - 4; at < record.length; at++) {
            assertEquals(0, record[at], "filling");
        }
        assertTrue(Float.isNaN(wrap(records.getLast(), 3).rate(0, 1)));
    }

    @Test
    void shouldPutEveryFieldInItsPlace() {
        request.recommend(11, -22, 33, 9, 3);
        request.addContext(1, 5);
        request.addContext(2, -1);
        request.exclude(Long.MIN_VALUE);
        request.timed(1_000, 250);
        request.filter().set("a < 1");
        request.experimentKey().set("zwölf");
        answerWith(TinyBundle.itemId(7), TinyBundle.itemId(2));
        recorder.recordForUser(request, answer, 44, true, catalogue);
        byte[] record = drain().getFirst();
        Impression logged = wrap(record);
        assertEquals(
                List.of(11L, -22L, 44L, 250L, 9, 3, 4, 77, 66),
                List.of(
                        logged.correlationId(),
                        logged.subjectId(),
                        logged.momentMs(),
                        logged.deadlineUs(),
                        logged.k(),
                        logged.flags(),
                        logged.degraded(),
                        logged.retrieved(),
                        logged.ranked()));
        assertEquals(ImpressionLayout.RECOMMEND, logged.kind());
        assertEquals(ReasonCode.RULES_RELAXED.value(), logged.reason());
        assertEquals(
                List.of(2, 1, 5, 2, -1),
                List.of(
                        logged.contextCount(),
                        logged.contextField(0),
                        logged.contextCode(0),
                        logged.contextField(1),
                        logged.contextCode(1)));
        assertEquals(1, logged.excludedCount());
        assertEquals(Long.MIN_VALUE, logged.excluded(0));
        float[] vector = new float[3];
        logged.vectorInto(vector);
        assertEquals(Arrays.toString(query), Arrays.toString(vector));
        assertRow(userRow, 0, logged, logged.userRowOffset(), ROW_BYTES);
        assertRow(contextRow, 0, logged, logged.contextRowOffset(), 64);
        assertEquals(2, logged.itemCount());
        assertEquals(TinyBundle.itemId(2), logged.itemId(1));
        assertEquals(1.25f, logged.score(1));
        int bytes = items.layout().rowBytes();
        assertRow(rows.segment(), rows.offset(7), logged, logged.itemRowOffset(0), bytes);
        assertRow(rows.segment(), rows.offset(2), logged, logged.itemRowOffset(1), bytes);
        assertEquals("a < 1", logged.filter());
        assertEquals("zwölf", logged.experimentKey());
        // Eleven bytes, and the filling of the texts.
        assertArrayEquals(
                "zwölf\0\0\0\0\0".getBytes(StandardCharsets.UTF_8),
                Arrays.copyOfRange(record, record.length - 11, record.length));
        // The filling of the vector, by the drawing of the layout.
        int filling = 80 + 2 * 8 + 8 + 3 * 4;
        assertEquals(0, MemorySegment.ofArray(record).get(ValueLayout.JAVA_INT_UNALIGNED, filling));
    }

    private static void assertRow(
            MemorySegment expected, long at, Impression logged, long offset, int bytes) {
        assertEquals(
                -1,
                MemorySegment.mismatch(
                        expected, at, at + bytes, logged.segment(), offset, offset + bytes));
    }

    @Test
    void shouldTakeTheVectorOfTheRequestWhenItIsASearch() {
        request.search(1, 2, 0, 5, 0);
        request.vector()[1] = 8;
        answerWith(TinyBundle.itemId(1));
        recorder.record(request, answer, catalogue);
        request.similar(3, 4, 5, 0);
        recorder.record(request, answer, catalogue);
        List<byte[]> records = drain();
        float[] vector = new float[3];
        Impression search = wrap(records.get(0));
        search.vectorInto(vector);
        assertEquals(Arrays.toString(new float[] {0, 8, 0}), Arrays.toString(vector));
        assertEquals(ImpressionLayout.SEARCH, search.kind());
        assertFalse(search.hasRows());
        Impression similar = wrap(records.get(1));
        similar.vectorInto(vector);
        assertEquals(Arrays.toString(query), Arrays.toString(vector));
        assertEquals(ImpressionLayout.SIMILAR, similar.kind());
        assertEquals(4, similar.subjectId());
    }

    @Test
    void shouldTakeTheRowsOfTheRequestWhenCandidatesBroughtThem() {
        int bytes = items.layout().rowBytes();
        MemorySegment brought = arena.allocate(4L * bytes, 64);
        brought.asSlice(3L * bytes, bytes).fill((byte) 9);
        brought.asSlice(1L * bytes, bytes).fill((byte) 8);
        request.rank(5, Request.NO_USER, 6, 2, 0);
        request.candidates().bringRows();
        for (long name : new long[] {100, 101, 102, -103}) {
            request.candidates().add(name);
        }
        answerWith(-103, 101);
        int[] places = {3, 1};
        recorder.recordForUser(
                request,
                answer,
                7,
                false,
                rowsAt(brought, (index, itemId) -> (long) places[index] * bytes));
        Impression logged = wrap(drain().getFirst());
        assertEquals(ImpressionLayout.RANK, logged.kind());
        assertTrue(logged.hasRows() && logged.hasOwnItems() && !logged.isUserKnown());
        assertEquals(4, logged.excludedCount());
        assertEquals(-103, logged.excluded(3));
        assertEquals(-103, logged.itemId(0));
        assertRow(brought, 3L * bytes, logged, logged.itemRowOffset(0), bytes);
        assertRow(brought, 1L * bytes, logged, logged.itemRowOffset(1), bytes);
    }

    /** So many that the ring begins anew in the middle of them. */
    @Test
    void shouldHandOverAllThatIsThereWhenTheRingBeginsAnew() {
        request.recommend(1, 2, 3, 5, 0);
        answerWith(TinyBundle.itemId(5));
        for (int round = 0; round < 50; round++) {
            int records = 1 + round % 60;
            for (int i = 0; i < records; i++) {
                recorder.recordForUser(request, answer, 4, true, catalogue);
            }
            assertEquals(records, drain().size(), "round " + round);
        }
        assertEquals(0, ring.droppedCount());
    }

    /** Whatever goes wrong with one record, those behind it are not held up. */
    @Test
    void shouldGoOnWhenARecordCannotBeWritten() {
        request.recommend(1, 2, 3, 5, 0);
        answerWith(NO_SUCH_ITEM);
        assertThrows(
                IndexOutOfBoundsException.class,
                () -> recorder.recordForUser(request, answer, 4, true, catalogue));
        assertEquals(1, ring.droppedCount());
        answerWith(TinyBundle.itemId(5));
        recorder.recordForUser(request, answer, 4, true, catalogue);
        List<byte[]> records = drain();
        assertEquals(1, records.size());
        assertEquals(TinyBundle.itemId(5), wrap(records.getFirst()).itemId(0));
    }
}
