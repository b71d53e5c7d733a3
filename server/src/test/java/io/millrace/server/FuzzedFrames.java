package io.millrace.server;

import io.millrace.core.wire.FrameLayout;
import io.millrace.core.wire.codec.EventCode;
import io.millrace.core.wire.codec.ScopeCode;

import org.agrona.concurrent.UnsafeBuffer;

import java.nio.ByteOrder;
import java.util.List;

/** What fuzzing of frames begins with. */
public final class FuzzedFrames {
    private FuzzedFrames() {}

    /** A request of every kind, which a {@link FakeFunnel} takes. */
    public static byte[][] sound() {
        Frames.Column price = Frames.Column.of("price", 1.5, 2.5);
        Frames.Column tags = Frames.Column.of("tags", "a", "b");
        return new byte[][] {
            Frames.ping(1),
            Frames.info(2, 3),
            Frames.columns(3),
            Frames.scopeColumns(4, ScopeCode.USER),
            Frames.recommend(5, 512, 5, 1, 2, 3),
            Frames.recommendWithContext(6, 512, 5, 0, 1),
            Frames.recommendWithHistory(7, 512, 5, 1_700_000_000_000L, 10, 20),
            Frames.similar(8, 10_007, 5, true, 4, 5),
            Frames.search(9, -1, 5, true, 1, 2, 3, 4),
            Frames.feedback(
                    10,
                    512,
                    1_700_000_000_000L,
                    Frames.Event.of(EventCode.WATCH, 10_007),
                    new Frames.Event(EventCode.LIKE, 10_014, 0.5f)),
            Frames.rank(11, 512, 5, true, 0, List.of(price, tags), 10_007, 10_014),
            Frames.update(12, ScopeCode.ITEM, 10_007, price),
            Frames.upsert(13, 10_007, new float[] {1, 2, 3, 4}, price, tags),
            Frames.delete(14, 10_007),
            Frames.auth(15, "millrace_token"),
            Frames.explainWithHistory(
                    16, 512, 5, 15, 1_700_000_000_000L, new long[] {4}, new long[] {10}, 10_007, 1)
        };
    }

    /** The same bytes as one frame: the length says how many they are. */
    public static byte[] withLength(byte[] frame) {
        if (frame.length >= FrameLayout.LENGTH_BYTES) {
            new UnsafeBuffer(frame)
                    .putInt(0, frame.length - FrameLayout.LENGTH_BYTES, ByteOrder.LITTLE_ENDIAN);
        }
        return frame;
    }
}
