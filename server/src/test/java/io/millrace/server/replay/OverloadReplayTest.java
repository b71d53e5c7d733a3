package io.millrace.server.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.progress.ProgressListener;
import io.millrace.core.wire.Status;
import io.millrace.ranker.impression.Impression;
import io.millrace.ranker.impression.ImpressionLogReader;
import io.millrace.server.Frames;
import io.millrace.server.MillraceServer;
import io.millrace.server.TinyBundle;
import io.millrace.server.WireClient;
import io.millrace.server.WireClient.Result;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.request.Lever;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A server that is asked for more than it can answer at full effort, and its log. */
@Timeout(120)
class OverloadReplayTest {
    private static final int TOGETHER = 100;
    private static final int MOST_ROUNDS = 300;
    private static final int LONGEST_US = 1_000_000;
    private static final int SHORTEST_US = 100;

    @TempDir private Path folder;

    /**
     * What waits together has less and less time, until something is given up: how much time that
     * is depends on the machine.
     */
    @Test
    void shouldFlagAndReplayWhatWasGivenUpWhenThereWasTooLittleTime() throws Exception {
        LoggedWorld world = new LoggedWorld(folder);
        ServerConfig config =
                world.config()
                        .with("network.port", 0)
                        .with("network.adminPort", -1)
                        .with("threads.workers", 1)
                        .with("funnel.candidatesInHaste", 40);
        Map<Long, Integer> degraded = new HashMap<>();
        try (MillraceServer server = MillraceServer.start(config);
                WireClient client = new WireClient(server.port())) {
            long asked = 0;
            int flagged = 0;
            int deadlineUs = LONGEST_US;
            for (int round = 0; round < MOST_ROUNDS && flagged < 20; round++) {
                byte[][] frames = new byte[TOGETHER][];
                for (int i = 0; i < TOGETHER; i++) {
                    long userId = TinyBundle.userId((int) (asked % LoggedWorld.USERS));
                    long momentMs = LoggedWorld.TIMESTAMP_MS;
                    frames[i] = Frames.recommend(asked++, userId, 10, 0, momentMs, deadlineUs);
                }
                client.send(Frames.join(frames));
                for (int i = 0; i < TOGETHER; i++) {
                    Result result = client.result();
                    if (result.status() == Status.OK) {
                        degraded.put(result.correlationId(), result.degraded());
                        flagged += result.degraded() == 0 ? 0 : 1;
                    }
                }
                deadlineUs = deadlineUs > SHORTEST_US ? deadlineUs * 3 / 4 : LONGEST_US;
            }
            assertTrue(flagged >= 20, "flagged: " + flagged);
            assertTrue(server.statistics().count(Lever.SHALLOW_RANKING) > 0);
            assertEquals(flagged, server.statistics().degraded());
        }
        int logged = 0;
        try (ImpressionLogReader reader = world.read()) {
            for (Impression next = reader.next(); next != null; next = reader.next()) {
                assertEquals(degraded.get(next.correlationId()), next.degraded());
                logged++;
            }
        }
        assertEquals(degraded.size(), logged);
        ReplayReport report = Replay.run(world.log, world.bundle, 2, ProgressListener.NONE);
        assertEquals(List.of(), report.first());
        assertEquals(logged, report.equal());
    }
}
