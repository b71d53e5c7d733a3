package io.millrace.server.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.UnixOperatingSystemMXBean;

import io.millrace.core.wire.FrameLayout;
import io.millrace.core.wire.Status;
import io.millrace.server.FakeFunnel;
import io.millrace.server.Frames;
import io.millrace.server.MillraceServer;
import io.millrace.server.TestServers;
import io.millrace.server.WireClient;
import io.netty.buffer.PooledByteBufAllocator;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/** Peers that connect and then say nothing, or stop in the middle of a word. */
@Timeout(120)
class IdleConnectionsTest {
    private static final int MOST = 10_000;
    private static final int SPARE_FILES = 1_000;
    private static final int REQUESTS = 500;
    private static final long MOST_BYTES_EACH = 16 << 10;

    /** As many as the limit on open files allows: both ends are in this process. */
    private static int mostConnections() {
        if (ManagementFactory.getOperatingSystemMXBean()
                instanceof UnixOperatingSystemMXBean unix) {
            long free = unix.getMaxFileDescriptorCount() - unix.getOpenFileDescriptorCount();
            return Math.clamp((free - SPARE_FILES) / 2, 100, MOST);
        }
        return SPARE_FILES;
    }

    private static long usedHeap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    @Test
    void shouldServeAndHoldLittleMemoryWhenManyAreIdle() throws Exception {
        int count = mostConnections();
        List<SocketChannel> peers = new ArrayList<>();
        byte[] ping = Frames.ping(7);
        try (MillraceServer server =
                        MillraceServer.start(
                                TestServers.config().with("limits.connections", count + 1),
                                new FakeFunnel());
                WireClient client = new WireClient(server.port())) {
            client.ask(Frames.recommend(0, 10, 1));
            long heap = usedHeap();
            InetSocketAddress address =
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port());
            for (int i = 0; i < count; i++) {
                SocketChannel peer = SocketChannel.open(address);
                peers.add(peer);
                if (i % 2 == 1) {
                    peer.write(ByteBuffer.wrap(ping, 0, 1 + i % (ping.length - 1)));
                }
            }
            TransportTest.await(() -> server.statistics().connections().open() == count + 1);
            long each = (usedHeap() - heap) / count;
            assertTrue(each < MOST_BYTES_EACH, "heap of both ends: bytes=" + each);
            long pinned = PooledByteBufAllocator.DEFAULT.pinnedDirectMemory() / count;
            assertTrue(pinned < MOST_BYTES_EACH, "buffers: bytes=" + pinned);
            assertServes(client);
            // Whoever stopped in the middle may go on.
            for (int i = 1; i < count; i += 100) {
                SocketChannel peer = peers.get(i);
                int sent = 1 + i % (ping.length - 1);
                peer.write(ByteBuffer.wrap(ping, sent, ping.length - sent));
                ByteBuffer pong = ByteBuffer.allocate(FrameLayout.BODY_OFFSET + 8);
                while (pong.hasRemaining()) {
                    assertTrue(peer.read(pong) >= 0, "ended");
                }
                assertEquals(0, pong.remaining());
            }
            close(peers);
            TransportTest.await(() -> server.statistics().connections().open() == 1);
            assertServes(client);
        } finally {
            close(peers);
        }
    }

    private static void assertServes(WireClient client) throws IOException {
        long beginNs = System.nanoTime();
        for (int i = 0; i < REQUESTS; i++) {
            assertEquals(Status.OK, client.ask(Frames.recommend(i, 10, 1)).status());
        }
        long meanUs = (System.nanoTime() - beginNs) / 1_000 / REQUESTS;
        assertTrue(meanUs < 5_000, "us=" + meanUs);
    }

    private static void close(List<SocketChannel> peers) throws IOException {
        for (SocketChannel peer : peers) {
            peer.close();
        }
    }
}
