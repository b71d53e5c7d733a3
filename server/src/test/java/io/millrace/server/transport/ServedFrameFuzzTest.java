package io.millrace.server.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.core.fuzz.Fuzzing;
import io.millrace.core.wire.FrameLayout;
import io.millrace.core.wire.Status;
import io.millrace.core.wire.codec.PongDecoder;
import io.millrace.server.Frames;
import io.millrace.server.FuzzedFrames;
import io.millrace.server.MillraceServer;
import io.millrace.server.WireClient;
import io.millrace.server.gateway.TinyServer;
import io.netty.buffer.PooledByteBufAllocator;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;

/** A server of a small bundle that is sent changed frames: after each it answers others. */
final class ServedFrameFuzzTest {
    private static final long MOST_PINNED_BYTES = 4 << 20;

    /** Feedback of users nobody has heard of makes them known, until their store is full. */
    private static final long MOST_REMEMBERED_BYTES = 8 << 20;

    @TempDir private Path folder;

    @Test
    void shouldAnswerOthersWhenBytesAreChanged() throws Exception {
        try (MillraceServer server = TinyServer.start(folder);
                WireClient other = new WireClient(server.port())) {
            Fuzzing.of("served-frame")
                    .seeds(FuzzedFrames.sound())
                    .blind()
                    .remembering(MOST_REMEMBERED_BYTES)
                    .repairing(FuzzedFrames::withLength)
                    .run(input -> send(server.port(), input, other));
            assertEquals(0, server.statistics().failures());
            TransportTest.await(() -> server.statistics().connections().open() == 1);
            assertEquals(Status.OK, other.ask(Frames.recommend(1, 512, 10)).status());
        }
    }

    /** A connection of its own for these bytes, and a question on another. */
    private static void send(int port, byte[] input, WireClient other) throws IOException {
        try (WireClient client = new WireClient(port)) {
            client.send(input);
            client.finish();
        }
        other.send(Frames.ping(7));
        UnsafeBuffer pong = new UnsafeBuffer(other.receive());
        assertEquals(PongDecoder.TEMPLATE_ID, FrameLayout.templateId(pong, 0));
        long pinned = PooledByteBufAllocator.DEFAULT.pinnedDirectMemory();
        if (pinned > MOST_PINNED_BYTES) {
            throw new AssertionError("direct memory held: bytes=" + pinned);
        }
    }
}
