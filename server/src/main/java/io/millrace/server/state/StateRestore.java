package io.millrace.server.state;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.file.AtomicDirectory;
import io.millrace.core.file.Checksums;
import io.millrace.core.file.ProcessLock;
import io.millrace.core.file.TemporaryPaths;
import io.millrace.core.json.Json;
import io.millrace.server.change.ChangeJournal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;

/**
 * Brings a snapshot into a folder of its own beside the state that is in use, which stays as it is;
 * {@link #choose} has the next opening take the one that was restored.
 *
 * <p>Threading: one thread.
 */
public final class StateRestore {
    /** What is told where nobody can say how many changes there are. */
    public static final long UNKNOWN = -1;

    /** Held by whoever has the rows of users open, with changes or without. */
    private static final String USERS_LOCK = "users.lock";

    private final StateSnapshot snapshot;
    private final StateFolders folders;
    private final Path before;
    private final Path restored;
    private long dropped;

    private StateRestore(StateSnapshot snapshot, StateFolders folders, Path before, Path restored) {
        this.snapshot = snapshot;
        this.folders = folders;
        this.before = before;
        this.restored = restored;
    }

    /**
     * Copies a snapshot that was checked.
     *
     * @param folder of the snapshot
     * @param snapshot by {@link StateSnapshot#verify}
     * @param state directory of what the server keeps
     * @return not chosen yet
     * @throws MillraceException CORRUPT_FILE when a file was changed since it was checked, IO when
     *     the system refuses; nothing is left then
     */
    public static StateRestore copy(Path folder, StateSnapshot snapshot, Path state) {
        StateFolders folders = new StateFolders(state, snapshot.fingerprint());
        Path before = folders.current();
        Path restored = folders.restored(Instant.now());
        try (AtomicDirectory target = AtomicDirectory.create(restored, false)) {
            snapshot.files()
                    .forEach(
                            (name, file) -> {
                                Path copy = target.resolve(name);
                                copy(folder.resolve(name), copy);
                                String sum = String.format("%08x", Checksums.crc32c(copy));
                                if (!sum.equals(file.crc32c())) {
                                    throw MillraceException.corrupt(
                                            folder.resolve(name),
                                            "changed while it was read: expected=%s, actual=%s",
                                            file.crc32c(),
                                            sum);
                                }
                            });
            copy(folder.resolve(StateSnapshot.MANIFEST), target.resolve(StateSnapshot.MANIFEST));
            target.commit();
        }
        return new StateRestore(snapshot, folders, before, restored);
    }

    private static void copy(Path from, Path to) {
        try {
            Files.copy(from, to);
            try (FileChannel channel = FileChannel.open(to, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
        } catch (IOException e) {
            throw MillraceException.io("copy a file of a snapshot", from, e);
        }
    }

    /**
     * Restores where no server has the state open.
     *
     * @param folder of the snapshot
     * @param state directory of what the server keeps
     * @return where it is chosen already
     * @throws MillraceException UNAVAILABLE when a server has it open, and as {@link
     *     StateSnapshot#verify} and {@link #copy}
     */
    public static StateRestore offline(Path folder, Path state) {
        StateSnapshot snapshot = StateSnapshot.verify(folder);
        Path current = new StateFolders(state, snapshot.fingerprint()).current();
        if (!Files.isDirectory(current)) {
            StateRestore restore = copy(folder, snapshot, state);
            restore.choose(0);
            return restore;
        }
        try (ProcessLock lock = ProcessLock.tryLock(current.resolve(USERS_LOCK))) {
            if (lock == null) {
                throw MillraceException.of(
                        ErrorCode.UNAVAILABLE,
                        "a server has the state open: folder=%s; stop it, or have it restore the"
                                + " snapshot: --admin",
                        current);
            }
            long last = lastOf(current);
            StateRestore restore = copy(folder, snapshot, state);
            restore.choose(last);
            return restore;
        }
    }

    private static long lastOf(Path current) {
        try {
            return ChangeJournal.lastOf(current);
        } catch (MillraceException e) {
            if (e.code() == ErrorCode.UNAVAILABLE) {
                throw e;
            }
            // A damaged journal is a reason to restore, not one against it.
            return UNKNOWN;
        }
    }

    /**
     * Has the next opening of the bundle take what was restored.
     *
     * @param last the last change of the state in use, or {@link #UNKNOWN}
     */
    public void choose(long last) {
        dropped = last == UNKNOWN ? UNKNOWN : last - sharedWith(last);
        folders.choose(restored);
    }

    /** The last change that both have: of another state, those up to where they parted. */
    private long sharedWith(long last) {
        String name = before.getFileName().toString();
        // One that is shorter was begun anew.
        if (snapshot.state().equals(name) && last >= snapshot.sequence()) {
            return snapshot.sequence();
        }
        Path origin = before.resolve(StateSnapshot.MANIFEST);
        long begin = Files.exists(origin) ? Json.read(origin, StateSnapshot.class).sequence() : 0;
        return Math.min(begin, snapshot.sequence());
    }

    /** It can't be served: the state before stays in use, and what was restored is removed. */
    public void giveUp() {
        if (Files.isDirectory(before)) {
            folders.choose(before);
        }
        TemporaryPaths.remove(restored);
    }

    /**
     * How many changes the state in use had, when another was chosen, that this one has not.
     *
     * @return the count, or {@link #UNKNOWN}; of feedback nobody knows
     */
    public long dropped() {
        return dropped;
    }

    /**
     * Where the state is that was restored.
     *
     * @return its folder
     */
    public Path restored() {
        return restored;
    }

    /**
     * Where the state is that was in use.
     *
     * @return its folder, left as it was; missing where there was none
     */
    public Path before() {
        return before;
    }

    /**
     * What was restored.
     *
     * @return as it says of itself
     */
    public StateSnapshot snapshot() {
        return snapshot;
    }
}
