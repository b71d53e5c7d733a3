package io.millrace.core.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

final class HugePageSupportTest {
    @TempDir private Path root;

    /** What the kernel says for all sizes, for ours, and of this process; '' where it is silent. */
    @ParameterizedTest
    @CsvSource({
        "always [madvise] never, '', 1, huge (madvise)",
        "[always] madvise never, '', '', huge (always)",
        "always [madvise] never, always [inherit] madvise never, 1, huge (madvise)",
        "always madvise [never], always inherit [madvise] never, 1, huge (madvise)",
        "always madvise [never], '', 1, small (never)",
        "always madvise [never], always [inherit] madvise never, 1, small (never)",
        "[always] madvise never, always inherit madvise [never], 1, small (never)",
        "[always] madvise never, '', 0, small (off for this process)",
        "'', '', 1, small (unknown to the kernel)",
        "nonsense, '', 1, small (unknown to the kernel)",
    })
    void shouldSayWhatTheKernelSays(String all, String ours, String process, String expected)
            throws IOException {
        put("sys/kernel/mm/transparent_hugepage/enabled", all);
        put("sys/kernel/mm/transparent_hugepage/hugepages-2048kB/enabled", ours);
        put("proc/self/status", process.isEmpty() ? "" : "THP_enabled:\t" + process);
        HugePageSupport support = HugePageSupport.read(root);
        assertEquals(expected, support.text());
        assertEquals(expected.startsWith("huge"), support.isGranted());
        assertEquals(support.isGranted(), support.warning().isEmpty());
    }

    @Test
    void shouldNameTheSettingToChangeWhenRefused() throws IOException {
        put("sys/kernel/mm/transparent_hugepage/enabled", "always madvise [never]");
        assertEquals(
                "the system refuses huge pages, searches are slower: setting=never; echo madvise >"
                        + " /sys/kernel/mm/transparent_hugepage/enabled",
                HugePageSupport.read(root).warning());
    }

    @Test
    void shouldSayOfThisMachineWhatAnAllocationFinds() {
        HugePageSupport support = HugePageSupport.ofThisMachine();
        try (DirectMemory memory = DirectMemory.allocate(DirectMemory.HUGE_PAGE_BYTES)) {
            assertTrue(memory.isHuge() || !support.isGranted(), support.text());
        }
    }

    private void put(String name, String content) throws IOException {
        if (!content.isEmpty()) {
            Path file = root.resolve(name);
            Files.createDirectories(file.resolveSibling(""));
            Files.writeString(file, content + "\n");
        }
    }
}
