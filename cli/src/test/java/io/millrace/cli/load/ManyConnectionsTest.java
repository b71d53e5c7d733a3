package io.millrace.cli.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.management.UnixOperatingSystemMXBean;

import io.millrace.cli.CommandRun;
import io.millrace.core.json.Json;
import io.millrace.core.wire.codec.SourceCode;
import io.millrace.server.MillraceServer;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.funnel.Catalogue;
import io.millrace.server.funnel.Funnel;
import io.millrace.server.funnel.FunnelWorker;
import io.millrace.server.request.Answer;
import io.millrace.server.request.Request;
import io.millrace.server.request.StageClock;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;

/** Loads of thousands of connections, of a server that answers at once. */
@Tag("slow")
@Timeout(300)
final class ManyConnectionsTest {
    private static final int CONNECTIONS = 2_000;

    /** Both ends of every connection are in this process. */
    private static final int FILES = 2 * CONNECTIONS + 500;

    @TempDir private Path folder;

    /** Answers with items of its own. */
    private static final class QuickFunnel implements Funnel {
        @Override
        public Catalogue catalogue() {
            return new Catalogue(
                    5,
                    1_000,
                    3,
                    4,
                    List.of(10L, 20L),
                    List.of(),
                    List.of(),
                    List.of(),
                    List.of(),
                    List.of());
        }

        @Override
        public FunnelWorker newWorker() {
            return QuickFunnel::answer;
        }

        private static void answer(Request request, Answer answer, StageClock clock) {
            for (int i = 0; i < request.k(); i++) {
                answer.add(request.userId() * request.k() + i, 1, SourceCode.RANKED);
            }
        }
    }

    private static MillraceServer serve(int connections) {
        return MillraceServer.start(
                ServerConfig.defaults()
                        .with("network.port", 0)
                        .with("network.adminPort", -1)
                        .with("limits.connections", connections),
                new QuickFunnel());
    }

    private static CommandRun load(MillraceServer server, String arguments) {
        String line =
                "load --progress none --timeout-ms 20000 --target 127.0.0.1:"
                        + server.port()
                        + (" --connections " + CONNECTIONS)
                        + (" --rate 2000 --seconds 3 --warmup 0" + arguments);
        return CommandRun.of(line.split(" "));
    }

    private static boolean hasFiles() {
        return !(ManagementFactory.getOperatingSystemMXBean()
                        instanceof UnixOperatingSystemMXBean system)
                || system.getMaxFileDescriptorCount() >= FILES;
    }

    @Test
    void shouldGetEveryAnswerOverThousandsOfConnections() throws IOException {
        assumeTrue(hasFiles(), "too few open files: raise ulimit -n to " + FILES);
        Path json = folder.resolve("load.json");
        try (MillraceServer server = serve(CONNECTIONS + 10)) {
            CommandRun run = load(server, " --json " + json);
            assertEquals(0, run.code(), run.out() + run.err());
            JsonNode figures = Json.read(json, JsonNode.class);
            // Three requests on each connection, and none of them lost.
            assertEquals(3 * CONNECTIONS, figures.get("planned").asInt());
            assertEquals(3 * CONNECTIONS, figures.get("answered").asInt(), run.out());
            assertEquals(0, figures.get("malformed").asInt(), run.out());
            assertEquals(0, figures.get("late_answers").asInt(), run.out());
        }
    }

    @Test
    void shouldEndAtOnceWhenTheServerTakesFewer() {
        assumeTrue(hasFiles(), "too few open files: raise ulimit -n to " + FILES);
        try (MillraceServer server = serve(CONNECTIONS / 2)) {
            long startNs = System.nanoTime();
            CommandRun run = load(server, "");
            assertEquals(1, run.code(), run.out());
            assertTrue(run.err().contains("wanted=" + CONNECTIONS), run.err());
            assertTrue(run.err().contains("limits.connections"), run.err());
            assertEquals(1, run.err().lines().count(), run.err());
            double seconds = (System.nanoTime() - startNs) / 1e9;
            assertTrue(seconds < 15, "not after the timeout: " + seconds);
        }
    }
}
