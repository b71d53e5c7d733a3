package io.millrace.ranker.store;

import io.millrace.core.HotPath;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.file.MappedFile;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;

/**
 * Keeps the row that is being overwritten, in a mapped file. A process killed in the middle leaves
 * a row whose checksum does not fit, which the map's recovery throws away; the row acknowledged
 * before it is then put back from here.
 *
 * <pre>
 *   0       8    16        64
 *   | state | id | padding | the row as it was |      state 1: being overwritten, 0: not
 * </pre>
 *
 * <p>Threading: one thread at a time. Allocation: none after construction.
 */
final class UndoLog implements AutoCloseable {
    private static final int STATE_OFFSET = 0;
    private static final int ID_OFFSET = 8;
    private static final int ROW_OFFSET = 64;
    private static final long IDLE = 0;
    private static final long BUSY = 1;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final VarHandle STATE = LONG.varHandle();

    private final int rowBytes;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment log;

    UndoLog(Path path, int rowBytes) {
        this.rowBytes = rowBytes;
        try {
            log = MappedFile.map(path, ROW_OFFSET + rowBytes, arena);
        } catch (IOException e) {
            arena.close();
            throw MillraceException.io("open undo log", path, e);
        }
    }

    /** Remembers a row that is about to be overwritten. */
    @HotPath
    void begin(long id, long rowAddress) {
        log.set(LONG, ID_OFFSET, id);
        NativeBytes.copyFrom(rowAddress, log, ROW_OFFSET, rowBytes);
        STATE.setRelease(log, (long) STATE_OFFSET, BUSY);
        // The row must not change before the note that it does.
        VarHandle.fullFence();
    }

    /** The row is whole again. */
    @HotPath
    void end() {
        STATE.setRelease(log, (long) STATE_OFFSET, IDLE);
    }

    boolean isBusy() {
        long state = (long) STATE.getAcquire(log, (long) STATE_OFFSET);
        if (state != IDLE && state != BUSY) {
            throw MillraceException.of(
                    ErrorCode.CORRUPT_FILE,
                    "damaged undo log: state=%d; %s",
                    state,
                    StoreDescription.REMEDY);
        }
        return state == BUSY;
    }

    long id() {
        return log.get(LONG, ID_OFFSET);
    }

    /** The row as it was before it was overwritten. */
    MemorySegment row() {
        return log.asSlice(ROW_OFFSET, rowBytes);
    }

    @Override
    public void close() {
        arena.close();
    }
}
