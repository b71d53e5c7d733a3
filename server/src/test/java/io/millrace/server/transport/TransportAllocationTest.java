package io.millrace.server.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.server.AllocatedBytes;
import io.millrace.server.FakeFunnel;
import io.millrace.server.Frames;
import io.millrace.server.MillraceServer;
import io.millrace.server.TestServers;
import io.millrace.server.WireClient;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.config.ServerConfig.Idle;
import io.millrace.server.config.ServerConfig.TransportChoice;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;

class TransportAllocationTest {
    private static final int BATCHES = 2_000;
    private static final int FRAMES = 8;

    private static final byte[] BATCH =
            Frames.join(
                    Frames.recommend(1, 10, 10, 5, 6, 7),
                    Frames.similar(2, 20, 10, true, 1),
                    Frames.search(3, -1, 10, false, 1, 2, 3, 4),
                    Frames.ping(4),
                    Frames.similar(5, FakeFunnel.NO_ITEM, 10, false),
                    Frames.recommend(6, 10, 0),
                    Frames.search(7, -1, 10, false, 1, 2, 3),
                    Frames.info(8, 3));

    @ParameterizedTest
    @EnumSource(names = {"AUTO", "NIO"})
    void shouldAllocateNothingWhenServing(TransportChoice transport) throws IOException {
        assertEquals(0, leastAllocated(TestServers.config(transport), 0));
    }

    @ParameterizedTest
    @EnumSource
    void shouldAllocateNothingWhenIdleStrategyIsAny(Idle idle) throws IOException {
        assertEquals(
                0,
                leastAllocated(
                        TestServers.config().with("threads.idle", idle).with("threads.workers", 2),
                        0));
    }

    /** If Netty's io_uring ever stops allocating, it can be the first choice. */
    @Test
    void shouldAllocateLittleWhenServingOverIoUring() throws IOException {
        if (NetworkStack.IO_URING.unavailabilityCause() == null) {
            long few = 200L * BATCHES * FRAMES;
            long bytes = leastAllocated(TestServers.config(TransportChoice.IO_URING), few);
            assertTrue(bytes <= few, "bytes=" + bytes);
        }
    }

    private static long leastAllocated(ServerConfig config, long goal) throws IOException {
        try (MillraceServer server = MillraceServer.start(config, new FakeFunnel());
                WireClient client = new WireClient(server.port())) {
            return AllocatedBytes.least(server, client, BATCH, FRAMES, BATCHES, goal);
        }
    }
}
