package io.millrace.core.log;

import io.millrace.core.error.MillraceException;

import org.agrona.DirectBuffer;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * A log that is written: records are gathered in memory and given to the system in groups; a new
 * file is begun when the one that is written is long or old enough, and the oldest are deleted when
 * all together are too long.
 *
 * <p>After an exception it is of no more use than to be closed.
 *
 * <p>Threading: one thread. Allocation: none by {@link #append} and {@link #flush}, but where a new
 * file is begun.
 */
public final class RollingLog implements AutoCloseable {
    private final LogPlan plan;
    private final LogLimits limits;
    private final InstantSource wall;
    private final LongSupplier steadyNs;
    private final RecordGroup group;

    private @Nullable LogFileWriter file;
    private long begunNs;
    private int number;
    private long recordCount;
    private long byteCount;

    /**
     * Begins the first file.
     *
     * @param plan where and what.
     * @param wall tells files when they were begun; how old they are it does not, since somebody
     *     may set it.
     * @return the log.
     * @throws MillraceException IO when the system refuses, as where the disk is full or may only
     *     be read.
     */
    public static RollingLog open(LogPlan plan, InstantSource wall) {
        return open(plan, wall, System::nanoTime);
    }

    /** The same with a clock that tells the age of files. */
    static RollingLog open(LogPlan plan, InstantSource wall, LongSupplier steadyNs) {
        try {
            Files.createDirectories(plan.folder());
        } catch (IOException e) {
            throw MillraceException.io("make the folder of a log", plan.folder(), e);
        }
        RollingLog log = new RollingLog(plan, wall, steadyNs);
        try {
            log.begin();
            return log;
        } catch (Throwable t) {
            log.close();
            throw t;
        }
    }

    private RollingLog(LogPlan plan, InstantSource wall, LongSupplier steadyNs) {
        this.plan = plan;
        this.limits = plan.limits();
        this.wall = wall;
        this.steadyNs = steadyNs;
        this.group = new RecordGroup(limits.recordBytes());
    }

    /** Begins the next file and makes room for it. */
    private void begin() {
        file = LogFileWriter.create(plan.folder(), plan.kind(), plan.description(), wall.millis());
        begunNs = steadyNs.getAsLong();
        byteCount += file.bytes();
        number = 0;
        deleteOldest();
    }

    private void deleteOldest() {
        List<Path> files = LogFiles.list(plan.folder(), plan.kind());
        long[] lengths = new long[files.size()];
        long total = limits.fileBytes();
        try {
            for (int i = 0; i < lengths.length - 1; i++) {
                lengths[i] = Files.size(files.get(i));
                total += lengths[i];
            }
            for (int i = 0; i < lengths.length - 1 && total > limits.totalBytes(); i++) {
                Files.deleteIfExists(files.get(i));
                total -= lengths[i];
            }
        } catch (IOException e) {
            throw MillraceException.io("delete old files of a log", plan.folder(), e);
        }
    }

    /**
     * Takes a record; it is in the file at the latest after {@link #flush}.
     *
     * @param source holds its content.
     * @param offset of the first byte.
     * @param length in bytes, above 0 and no more than was said at the beginning.
     * @throws MillraceException IO when the system refuses.
     */
    public void append(DirectBuffer source, int offset, int length) {
        roll(LogLayout.recordBytes(length));
        if (!group.hasRoom(length)) {
            flush();
        }
        int at = group.begin(length, number++);
        source.getBytes(offset, group.buffer(), at, length);
        group.end();
    }

    /** Begins a new file where the record should not be added to this one. */
    private void roll(long recordBytes) {
        LogFileWriter written = requireFile();
        boolean isEmpty = number == 0;
        boolean isFull = written.bytes() + group.bytes() + recordBytes > limits.fileBytes();
        long ageMs = TimeUnit.NANOSECONDS.toMillis(steadyNs.getAsLong() - begunNs);
        boolean isOld = ageMs >= limits.fileMs();
        if (!isEmpty && (isFull || isOld)) {
            flush();
            closeFile();
            begin();
        }
    }

    /**
     * Gives all records taken so far to the system.
     *
     * @throws MillraceException IO when it refuses.
     */
    public void flush() {
        int records = group.count();
        if (records == 0) {
            return;
        }
        int bytes = group.bytes();
        group.writeTo(requireFile());
        byteCount += bytes;
        recordCount += records;
    }

    private LogFileWriter requireFile() {
        if (file == null) {
            throw new IllegalStateException("log is closed");
        }
        return file;
    }

    private void closeFile() {
        LogFileWriter written = file;
        file = null;
        if (written != null) {
            written.close();
        }
    }

    /**
     * Records that the system has taken.
     *
     * @return so far.
     */
    public long recordCount() {
        return recordCount;
    }

    /**
     * Bytes that the system has taken, those of headers among them.
     *
     * @return so far.
     */
    public long byteCount() {
        return byteCount;
    }

    /** Closes the file; what was not flushed is dropped. */
    @Override
    public void close() {
        closeFile();
        group.close();
    }
}
