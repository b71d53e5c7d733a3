package io.millrace.server;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** What the threads of a server allocate while it answers. */
public final class AllocatedBytes {
    private static final int PATIENCE_SECONDS = 30;

    private AllocatedBytes() {}

    /**
     * Bytes that serving threads allocated in the best of some rounds, which go on until it is few
     * enough: on a busy machine the compiler takes its time.
     *
     * @param batch of frames, sent many times in a round
     * @param frames how many it has
     */
    public static long least(
            MillraceServer server,
            WireClient client,
            byte[] batch,
            int frames,
            int rounds,
            long goal)
            throws IOException {
        long least = Long.MAX_VALUE;
        long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (least > goal && System.nanoTime() - endNs < 0) {
            long before = server.workerAllocatedBytes();
            for (int i = 0; i < rounds; i++) {
                client.send(batch);
                for (int j = 0; j < frames; j++) {
                    client.receive();
                }
            }
            least = Math.min(least, server.workerAllocatedBytes() - before);
        }
        return least;
    }
}
