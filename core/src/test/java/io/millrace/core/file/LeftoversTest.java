package io.millrace.core.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What the next writer finds beside its target: left by a process that is dead, or still used. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class LeftoversTest {
    private static final long OWN_PID = ProcessHandle.current().pid();

    private long deadPid;

    @BeforeAll
    void letAProcessEnd() throws Exception {
        Process process = new ProcessBuilder("true").start();
        deadPid = process.pid();
        assertEquals(0, process.waitFor());
    }

    @Test
    void shouldRemoveWhatTheDeadHaveLeftWhenTheTargetIsWritten(@TempDir Path folder)
            throws IOException {
        Files.writeString(folder.resolve(".file.tmp-" + deadPid + "-7"), "half");
        Path deep = Files.createDirectories(folder.resolve(".file.tmp-" + deadPid + "-8/sub"));
        Files.writeString(deep.resolve("part"), "half");
        // The same number was given to a process before this one, or to one whose clock was ahead.
        Files.writeString(folder.resolve(".file.tmp-" + OWN_PID + "-1"), "half");
        Files.writeString(folder.resolve(".file.tmp-" + OWN_PID + "-4102444800000"), "half");
        AtomicFile.write(folder.resolve("file"), new byte[] {1});
        assertEquals(List.of("file"), names(folder));
    }

    @Test
    void shouldKeepWhatIsNotItsOwnWhenTheTargetIsWritten(@TempDir Path folder) throws IOException {
        long parent = ProcessHandle.current().parent().orElseThrow().pid();
        List<String> others =
                List.of(
                        ".file.old-" + deadPid + "-7",
                        ".file.tmp-" + deadPid,
                        ".file.tmp-" + deadPid + "-7.txt",
                        ".file.tmp-" + parent + "-7",
                        ".file.tmp-x-7",
                        ".file2.tmp-" + deadPid + "-7",
                        "file.tmp-" + deadPid + "-7");
        for (String name : others) {
            Files.writeString(folder.resolve(name), "other");
        }
        AtomicFile.write(folder.resolve("file"), new byte[] {1});
        assertEquals(
                Stream.concat(others.stream(), Stream.of("file")).sorted().toList(), names(folder));
    }

    @Test
    void shouldLeaveTheOtherAloneWhenTwoWriteTheSameTarget(@TempDir Path folder)
            throws IOException {
        Path target = folder.resolve("file");
        try (SectionFileWriter first = SectionFileWriter.create(target, "KIND", 1);
                SectionFileWriter second = SectionFileWriter.create(target, "KIND", 1)) {
            first.bytes("content", new byte[] {1});
            second.bytes("content", new byte[] {2});
            second.commit();
            first.commit();
        }
        try (SectionFile file = SectionFile.open(target, "KIND", 1)) {
            assertEquals(1, file.readBytes("content")[0]);
        }
        assertEquals(List.of("file"), names(folder));
    }

    /** A kill between the two renames of a commit. */
    @Test
    void shouldBringTheFolderBackWhenNoOtherTookItsPlace(@TempDir Path folder) throws IOException {
        Path target = folder.resolve("bundle");
        moveAway(target);
        Files.createDirectory(folder.resolve(".bundle.tmp-" + deadPid + "-3"));
        MillraceException e =
                assertThrows(MillraceException.class, () -> AtomicDirectory.create(target, false));
        assertEquals(ErrorCode.USAGE, e.code());
        assertTrue(e.getMessage().contains("not empty"), e.getMessage());
        assertEquals("old", Files.readString(target.resolve("part")));
        AtomicDirectory.create(target, true).close();
        assertEquals("old", Files.readString(target.resolve("part")));
        assertEquals(List.of("bundle"), names(folder));
    }

    /** A kill behind them. */
    @Test
    void shouldRemoveTheOldFolderWhenAnotherTookItsPlace(@TempDir Path folder) throws IOException {
        Path target = folder.resolve("bundle");
        moveAway(target);
        Files.createDirectory(target);
        try (AtomicDirectory directory = AtomicDirectory.create(target, false)) {
            Files.writeString(directory.resolve("part"), "new");
            directory.commit();
        }
        assertEquals("new", Files.readString(target.resolve("part")));
        assertEquals(List.of("bundle"), names(folder));
    }

    private void moveAway(Path target) throws IOException {
        Path old = target.resolveSibling("." + target.getFileName() + ".old-" + deadPid + "-2");
        Files.createDirectory(old);
        Files.writeString(old.resolve("part"), "old");
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        }
    }
}
