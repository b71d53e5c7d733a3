package io.millrace.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.progress.ProgressListener;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The next bundle is opened at a low priority, which must not stay with what it runs on. */
@Timeout(60)
class SwapPriorityTest {
    /** The system keeps so much of a thread's name. */
    private static final int NAME_BYTES = 15;

    /** Behind the name of the thread in proc(5), which ends with a bracket. */
    private static final int NICE_FIELD = 16;

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
                String kept = name.substring(0, Math.min(NAME_BYTES, name.length()));
                assertNotNull(before.get(kept), name);
                assertEquals(before.get(kept), after.get(kept), name);
            }
            String background = "millrace-scrub-0".substring(0, NAME_BYTES);
            int usual = after.getOrDefault("millrace-io-0", Integer.MAX_VALUE);
            assertTrue(after.getOrDefault(background, usual) > usual, after.toString());
        }
    }

    private static Map<String, Integer> niceByName() throws IOException {
        Map<String, Integer> nice = new TreeMap<>();
        try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
            for (Path task : tasks.toList()) {
                String stat = statOf(task);
                int end = stat.lastIndexOf(')');
                if (end > 0) {
                    String[] fields = stat.substring(end + 2).split(" ", -1);
                    nice.merge(
                            stat.substring(stat.indexOf('(') + 1, end),
                            Integer.parseInt(fields[NICE_FIELD]),
                            Math::max);
                }
            }
        }
        return nice;
    }

    /** Nothing of a thread that has ended since it was listed. */
    private static String statOf(Path task) {
        try {
            return Files.readString(task.resolve("stat"));
        } catch (IOException e) {
            return "";
        }
    }
}
