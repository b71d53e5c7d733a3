package io.millrace.core.file;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToIntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What stands beside a target while it is written, and what becomes of it when the writer is
 * killed.
 *
 * <pre>
 *   .NAME.tmp-PID-NUMBER   output that is not finished
 *   .NAME.old-PID-NUMBER   a folder that is being replaced
 * </pre>
 *
 * The next writer of the same target removes what writers have left that live no more; a folder
 * that was moved out of the way, and in whose place no other came, it puts back. Numbers count on
 * from the moment the process began, so that one that got the id of a dead one, as the first in a
 * container does, knows what is its own, also where the clock of the dead one was ahead.
 *
 * <p>Processes that can't see each other, in two containers or on two machines, must not write the
 * same target at the same time.
 *
 * <p>Threading: any thread.
 */
final class Leftovers {
    private static final String UNFINISHED = "tmp";
    private static final String REPLACED = "old";
    private static final Pattern ENDING =
            Pattern.compile("\\.(" + UNFINISHED + "|" + REPLACED + ")-(\\d{1,18})-(\\d{1,18})");

    private static final long OWN_PID = ProcessHandle.current().pid();
    private static final long FIRST_NUMBER = System.currentTimeMillis();
    private static final AtomicLong NUMBERS = new AtomicLong(FIRST_NUMBER);

    private Leftovers() {}

    /** A sibling of a target for output that is not finished, which no other writer uses. */
    static Path unfinished(Path target) {
        return sibling(target, UNFINISHED);
    }

    /** A sibling of a target that it is moved to while another takes its place. */
    static Path replaced(Path target) {
        return sibling(target, REPLACED);
    }

    private static Path sibling(Path target, String mark) {
        long number = NUMBERS.getAndIncrement();
        return target.resolveSibling(
                "." + target.getFileName() + "." + mark + "-" + OWN_PID + "-" + number);
    }

    /** Removes unfinished output of a target whose writers are dead. */
    static void removeUnfinished(Path target) {
        find(target, UNFINISHED).forEach(TemporaryPaths::remove);
    }

    /** Removes unfinished output of whatever was to stand in a folder, its writers being dead. */
    static void removeAllUnfinished(Path folder) {
        find(folder, name -> name.startsWith(".") ? name.lastIndexOf('.') : -1, UNFINISHED)
                .forEach(TemporaryPaths::remove);
    }

    /**
     * Brings a folder back that was moved out of the way when its writer died, or removes it where
     * another has taken its place.
     */
    static void settleReplaced(Path target) throws IOException {
        for (Path old : find(target, REPLACED)) {
            if (Files.notExists(target, LinkOption.NOFOLLOW_LINKS)) {
                Files.move(old, target, StandardCopyOption.ATOMIC_MOVE);
            } else {
                TemporaryPaths.remove(old);
            }
        }
    }

    private static List<Path> find(Path target, String mark) {
        Path absolute = target.toAbsolutePath();
        String start = "." + absolute.getFileName();
        Path folder = absolute.getParent();
        return folder == null
                ? List.of()
                : find(folder, name -> name.startsWith(start) ? start.length() : -1, mark);
    }

    /** Those of which the name ends as such names do, from where it is said to. */
    private static List<Path> find(Path folder, ToIntFunction<String> endOf, String mark) {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> entries =
                Files.newDirectoryStream(folder, entry -> isLeft(entry, endOf, mark))) {
            entries.forEach(found::add);
        } catch (IOException e) {
            // Whoever can't list the folder can still write to it: nothing is known to be left.
            return List.of();
        }
        return found;
    }

    private static boolean isLeft(Path entry, ToIntFunction<String> endOf, String mark) {
        String name = entry.getFileName().toString();
        int end = endOf.applyAsInt(name);
        if (end < 0) {
            return false;
        }
        Matcher ending = ENDING.matcher(name).region(end, name.length());
        return ending.matches()
                && ending.group(1).equals(mark)
                && !isWritten(Long.parseLong(ending.group(2)), Long.parseLong(ending.group(3)));
    }

    private static boolean isWritten(long pid, long number) {
        return pid == OWN_PID
                ? number >= FIRST_NUMBER && number < NUMBERS.get()
                : ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }
}
