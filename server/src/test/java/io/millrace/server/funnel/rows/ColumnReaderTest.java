package io.millrace.server.funnel.rows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.random.SplitRandom;
import io.millrace.core.wire.FrameCheck;
import io.millrace.core.wire.FrameLayout;
import io.millrace.core.wire.FrameVerdict;
import io.millrace.core.wire.Status;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowLayout;
import io.millrace.server.AdBundle;
import io.millrace.server.Frames;
import io.millrace.server.Frames.Column;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.funnel.Catalogue;
import io.millrace.server.request.Answer;
import io.millrace.server.request.Request;
import io.millrace.server.request.RequestLimits;
import io.millrace.server.request.RequestReader;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Whatever a frame holds, the rows made of it are rows a model may read, or there are none. */
final class ColumnReaderTest {
    private static final int ROUNDS = 60_000;
    private static final byte ANY = 0x5A;

    private final RowLayout layout = AdBundle.SCHEMA.layout(FeatureScope.ITEM);
    private final RequestLimits limits =
            new Catalogue(
                            1,
                            0,
                            0,
                            0,
                            List.of(),
                            List.of(),
                            List.of(),
                            Catalogue.contextFields(AdBundle.SCHEMA),
                            Catalogue.columns(AdBundle.SCHEMA, FeatureScope.ITEM),
                            List.of())
                    .requestLimits(ServerConfig.defaults().limits());
    private final RequestReader frames = new RequestReader(limits);
    private final Request request = new Request(limits);
    private final Answer answer = new Answer(limits.answers());
    private final ColumnReader columns = new ColumnReader(AdBundle.SCHEMA, FeatureScope.ITEM);
    private final MemorySegment rows =
            Arena.ofAuto().allocate((long) limits.candidates() * layout.rowBytes(), 64);

    private static byte[] frame() {
        return Frames.rank(
                1,
                -1,
                0,
                false,
                0,
                List.of(
                        Column.of("shown", 3, Double.NaN, -7.5),
                        Column.of("site", "a", "é", ""),
                        Column.of("size", "large")),
                10,
                20,
                30);
    }

    @Test
    void shouldMakeSoundRowsOfChangedFramesOrNone() {
        byte[] whole = frame();
        SplitRandom random = new SplitRandom(11);
        int made = 0;
        int refused = 0;
        for (int round = 0; round < ROUNDS; round++) {
            byte[] changed = whole.clone();
            for (int i = random.nextInt(3); i >= 0; i--) {
                int at =
                        FrameLayout.BODY_OFFSET
                                + random.nextInt(whole.length - FrameLayout.BODY_OFFSET);
                // Small numbers are lengths and counts that may fit.
                changed[at] = (byte) random.nextInt(random.nextInt(2) == 0 ? 16 : 256);
            }
            // The buffer ends where the frame does: a read outside throws.
            UnsafeBuffer buffer = new UnsafeBuffer(changed);
            if (FrameCheck.check(buffer, 0) != FrameVerdict.SOUND
                    || frames.readInto(buffer, 0, 0, request) != Status.OK) {
                continue;
            }
            answer.clear();
            rows.fill(ANY);
            if (columns.readInto(request, rows, answer)) {
                assertEquals(Status.OK, answer.status());
                for (int row = 0; row < request.candidates().count(); row++) {
                    long at = (long) row * layout.rowBytes();
                    assertEquals(-1, layout.firstBadField(rows, at), "round=" + round);
                }
                made++;
            } else {
                assertEquals(Status.BAD_REQUEST, answer.status());
                assertTrue(answer.message().length() > 0);
                refused++;
            }
        }
        assertTrue(made > ROUNDS / 20 && refused > ROUNDS / 20, made + " made, " + refused);
    }

    @Test
    void shouldForgetTheRequestBefore() {
        UnsafeBuffer full = new UnsafeBuffer(frame());
        assertEquals(Status.OK, frames.readInto(full, 0, 0, request));
        assertTrue(columns.readInto(request, rows, answer));
        byte[] bare = Frames.rank(2, -1, 0, false, 0, List.of(Column.of("size", "small")), 5);
        assertEquals(Status.OK, frames.readInto(new UnsafeBuffer(bare), 0, 0, request));
        assertTrue(columns.readInto(request, rows, answer));
        int shown = layout.slotOf(AdBundle.SCHEMA.field("shown"));
        int site = layout.slotOf(AdBundle.SCHEMA.field("site"));
        assertTrue(Float.isNaN(rows.get(RowLayout.FLOAT, 4L * shown)));
        assertEquals(0, rows.get(RowLayout.INT, 4L * site));
        byte[] none = Frames.rank(3, -1, 0, 5);
        assertEquals(Status.OK, frames.readInto(new UnsafeBuffer(none), 0, 0, request));
        assertFalse(request.candidates().haveRows());
    }
}
