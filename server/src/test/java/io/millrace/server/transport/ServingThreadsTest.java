package io.millrace.server.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.thread.ProcessorBinding;
import io.millrace.core.thread.ShortSlice;
import io.millrace.core.thread.ThreadStatus;
import io.millrace.core.wire.Status;
import io.millrace.server.FakeFunnel;
import io.millrace.server.Frames;
import io.millrace.server.MillraceServer;
import io.millrace.server.TestServers;
import io.millrace.server.WireClient;
import io.millrace.server.config.ServerConfig;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

@Timeout(60)
@EnabledOnOs(OS.LINUX)
class ServingThreadsTest {
    private static final String KEY = "threads.processors";

    private final FakeFunnel funnel = new FakeFunnel();

    @Test
    void shouldKeepThreadsOnTheirProcessors() throws IOException {
        String all = ThreadStatus.ofFirst().processors();
        String last = all.replaceAll(".*[-,]", "");
        ServerConfig config =
                TestServers.config()
                        .with("threads.workers", 0)
                        .with(KEY, last + "," + last + "," + last);
        try (MillraceServer server = MillraceServer.start(config, funnel);
                WireClient client = new WireClient(server.port())) {
            assertEquals(Status.OK, client.ask(Frames.recommend(1, 10, 1)).status());

            Map<String, List<String>> threads = threads();

            assertTrue(of(threads, "millrace-io-0").contains(last), threads.toString());
            List<String> workers = of(threads, "millrace-worker");
            assertTrue(workers.size() >= 2, threads.toString());
            assertEquals(List.of(last, last), workers.stream().filter(last::equals).toList());
            assertTrue(of(threads, "millrace-feedba").contains(all), threads.toString());
        }
    }

    @Test
    void shouldHaveWorkersGoOnAtOnce() throws IOException {
        CompletableFuture<Long> ofWorker = new CompletableFuture<>();
        funnel.oddity = () -> ofWorker.complete(ShortSlice.sliceNs());
        try (MillraceServer server = MillraceServer.start(TestServers.config(), funnel);
                WireClient client = new WireClient(server.port())) {
            byte[] request = Frames.recommend(1, FakeFunnel.ODD_USER, 10);
            assertEquals(Status.OK, client.ask(request).status());

            assertEquals(shortSliceNs(), ofWorker.getNow(-1L));
        }
    }

    @Test
    void shouldRefuseAProcessorThatIsNotThere() {
        int none = ProcessorBinding.MOST - 1;
        ServerConfig config =
                TestServers.config().with("threads.workers", 0).with(KEY, "0," + none);

        MillraceException e =
                assertThrows(
                        MillraceException.class,
                        () -> MillraceServer.start(config, funnel).close());

        assertEquals(ErrorCode.USAGE, e.code());
        assertTrue(e.getMessage().contains("threads.processors=" + none), e.getMessage());
    }

    /** Of a thread that asked for it: the usual one where the system has no others. */
    private static long shortSliceNs() {
        CompletableFuture<Long> taken = new CompletableFuture<>();
        Thread.ofPlatform()
                .start(
                        () -> {
                            boolean ignored = ShortSlice.takeForThisThread();
                            taken.complete(ShortSlice.sliceNs());
                        });
        return taken.join();
    }

    /** Where threads of this process may run, by the first letters of their names. */
    private static Map<String, List<String>> threads() throws IOException {
        Map<String, List<String>> found = new TreeMap<>();
        for (ThreadStatus thread : ThreadStatus.ofAll()) {
            if (thread.name().startsWith("millrace-")) {
                found.computeIfAbsent(thread.name(), none -> new ArrayList<>())
                        .add(thread.processors());
            }
        }
        return found;
    }

    private static List<String> of(Map<String, List<String>> threads, String name) {
        return threads.getOrDefault(name, List.of());
    }
}
