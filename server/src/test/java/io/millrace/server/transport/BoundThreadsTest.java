package io.millrace.server.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.thread.ProcessorBinding;
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
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

@Timeout(60)
@EnabledOnOs(OS.LINUX)
class BoundThreadsTest {
    private static final String KEY = "threads.processors";
    private static final String ALLOWED = "Cpus_allowed_list:";

    private final FakeFunnel funnel = new FakeFunnel();

    @Test
    void shouldKeepThreadsOnTheirProcessors() throws IOException {
        String all = allowed(Path.of("/proc/self/status"));
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

    /** Where threads of this process may run, by the first letters of their names. */
    private static Map<String, List<String>> threads() throws IOException {
        Map<String, List<String>> found = new TreeMap<>();
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
            for (Path task : tasks) {
                String name = Files.readString(task.resolve("comm")).strip();
                if (name.startsWith("millrace-")) {
                    found.computeIfAbsent(name, none -> new ArrayList<>())
                            .add(allowed(task.resolve("status")));
                }
            }
        }
        return found;
    }

    private static List<String> of(Map<String, List<String>> threads, String name) {
        return threads.getOrDefault(name, List.of());
    }

    private static String allowed(Path status) throws IOException {
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith(ALLOWED))
                .map(line -> line.substring(ALLOWED.length()).strip())
                .findFirst()
                .orElseThrow();
    }
}
