package io.millrace.server.security;

import io.millrace.core.error.MillraceException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Looks at files now and then and has read what has changed. What can't be read leaves what was
 * read before in use; that is logged once, and tried again when the files change again.
 *
 * <p>Threading: {@code millrace-security-0}; any thread may ask for a reload.
 */
final class FileWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FileWatch.class);

    private final List<Reloadable> parts;
    private final List<List<String>> seen = new ArrayList<>();
    private final List<String> troubles = new ArrayList<>();
    private final Runnable afterwards;
    private final ScheduledExecutorService thread;
    private final AtomicLong reloads = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private volatile boolean isBroken;

    /**
     * Watches what has been read.
     *
     * @param everyMs 0 for never
     * @param afterwards done after each look
     */
    FileWatch(List<Reloadable> parts, int everyMs, Runnable afterwards) {
        this.parts = parts;
        this.afterwards = afterwards;
        for (Reloadable part : parts) {
            seen.add(marks(part));
            troubles.add("");
        }
        thread =
                Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().daemon().name("millrace-security-0").factory());
        if (everyMs > 0 && !parts.isEmpty()) {
            var _ =
                    thread.scheduleWithFixedDelay(
                            () -> look(false), everyMs, everyMs, TimeUnit.MILLISECONDS);
        }
    }

    /** What tells a file from the one that stood there before. */
    private static List<String> marks(Reloadable part) {
        List<String> marks = new ArrayList<>();
        for (Path file : part.files()) {
            try {
                BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
                marks.add(
                        now.lastModifiedTime()
                                + " "
                                + now.size()
                                + " "
                                + now.fileKey()
                                + " "
                                + rights(file));
            } catch (IOException | RuntimeException e) {
                // Missing, as while it is replaced.
                marks.add(e.getClass().getSimpleName());
            }
        }
        return marks;
    }

    private static String rights(Path file) throws IOException {
        try {
            return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
        } catch (UnsupportedOperationException unknown) {
            return "";
        }
    }

    /**
     * Looks at the files.
     *
     * @param isForced whether to read those, too, that have not changed
     * @return what went wrong, one line each
     */
    synchronized List<String> look(boolean isForced) {
        for (int i = 0; i < parts.size(); i++) {
            Reloadable part = parts.get(i);
            List<String> now = marks(part);
            if (isForced || !now.equals(seen.get(i))) {
                seen.set(i, now);
                troubles.set(i, reload(part));
            }
        }
        List<String> found = troubles.stream().filter(trouble -> !trouble.isEmpty()).toList();
        isBroken = !found.isEmpty();
        afterwards.run();
        return found;
    }

    private String reload(Reloadable part) {
        try {
            part.reload();
            reloads.incrementAndGet();
            LOG.info("{} read again", part.label());
            return "";
        } catch (MillraceException e) {
            failures.incrementAndGet();
            LOG.error("{} not taken, that of before goes on: {}", part.label(), e.getMessage());
            return e.getMessage();
        } catch (RuntimeException e) { // The next look must come.
            failures.incrementAndGet();
            LOG.error("{} not taken, that of before goes on", part.label(), e);
            return part.label() + " not taken: internal error; see the server's log";
        }
    }

    long reloads() {
        return reloads.get();
    }

    long failures() {
        return failures.get();
    }

    boolean isBroken() {
        return isBroken;
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
