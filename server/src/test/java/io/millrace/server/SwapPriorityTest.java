package io.millrace.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.progress.ProgressListener;
import io.millrace.core.thread.ThreadStatus;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The next bundle is opened at a low priority, which must not stay with what it runs on. */
@Timeout(60)
class SwapPriorityTest {
    @TempDir private Path folder;

    @Test
    @EnabledOnOs(OS.LINUX)
    void shouldHaveTheSamePrioritiesWhenABundleWasSwapped() throws IOException {
        Path first = new TinyBundle(300, 20).write(folder.resolve("first"));
        Path second = new TinyBundle(200, 20).write(folder.resolve("second"));
        try (MillraceServer server =
                MillraceServer.start(
                        TestServers.config()
                                .with("bundle", first.toString())
                                .with("log.folder", folder.resolve("log").toString())
                                .with("funnel.warmUpRequests", 0))) {
            Map<String, Integer> before = niceByName();

            server.swap(second, ProgressListener.NONE);

            Map<String, Integer> after = niceByName();
            for (String name :
                    List.of("millrace-journal-0", "millrace-log-0", "millrace-worker-0")) {
                String kept = name.substring(0, Math.min(ThreadStatus.NAME_BYTES, name.length()));
                assertNotNull(before.get(kept), name);
                assertEquals(before.get(kept), after.get(kept), name);
            }
            String background = "millrace-scrub-0".substring(0, ThreadStatus.NAME_BYTES);
            int usual = after.getOrDefault("millrace-io-0", Integer.MAX_VALUE);
            assertTrue(after.getOrDefault(background, usual) > usual, after.toString());
        }
    }

    private static Map<String, Integer> niceByName() throws IOException {
        Map<String, Integer> nice = new TreeMap<>();
        for (ThreadStatus thread : ThreadStatus.ofAll()) {
            nice.merge(thread.name(), thread.nice(), Math::max);
        }
        return nice;
    }
}
