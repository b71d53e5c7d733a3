package io.millrace.server.state;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;

import io.millrace.core.bundle.BundleFile;
import io.millrace.core.bundle.BundleManifest;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.file.AtomicDirectory;
import io.millrace.core.file.Checksums;
import io.millrace.core.json.Json;
import io.millrace.ranker.feedback.EventCounters;
import io.millrace.ranker.feedback.FeedbackJournal;
import io.millrace.server.change.ChangeJournal;
import io.millrace.server.living.SeenPairs;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A copy of the state of a bundle, all of one moment, in a folder that appears whole or not at all.
 *
 * <pre>
 *   snapshot.json      this
 *   users.rows         rows of the users, a file of rows as bundles have
 *   items.rows         rows of the items
 *   counters           of events
 *   feedback           what users told lately, for the next bundle
 *   seen               who has seen which of the items that came later
 *   changes.snapshot   what the changes up to {@code sequence} come to; missing where none are taken
 * </pre>
 *
 * @param format version of the folder's form
 * @param fingerprint of the bundle that it belongs to, 16 hexadecimal digits
 * @param state name of the folder that it is a copy of
 * @param sequence the last change that is in it
 * @param takenMs when, milliseconds since 1970 UTC
 * @param files every other file by name
 * @param checksum over all the rest, 8 hexadecimal digits
 */
public record StateSnapshot(
        int format,
        String fingerprint,
        String state,
        long sequence,
        long takenMs,
        SortedMap<String, BundleFile> files,
        String checksum) {
    /** Rows of the users. */
    public static final String USERS = "users.rows";

    /** Rows of the items. */
    public static final String ITEMS = "items.rows";

    static final String MANIFEST = "snapshot.json";

    private static final int FORMAT = 1;
    private static final List<String> REQUIRED = List.of(USERS, ITEMS, EventCounters.FILE);
    private static final List<String> OPTIONAL =
            List.of(FeedbackJournal.FILE, SeenPairs.FILE, ChangeJournal.SNAPSHOT);
    private static final int FINGERPRINT_LETTERS = 16;

    /** Validates and copies. */
    public StateSnapshot {
        if (format != FORMAT) {
            throw MillraceException.of(
                    ErrorCode.UNSUPPORTED_VERSION,
                    "unknown format of a snapshot: format=%d, known=%d; use a newer millrace",
                    format,
                    FORMAT);
        }
        files = new TreeMap<>(files);
    }

    /** What is copied. */
    public interface Source {
        /**
         * Name of the bundle that it is the state of.
         *
         * @return its fingerprint
         */
        String fingerprint();

        /**
         * Where it is kept.
         *
         * @return its folder
         */
        Path folder();

        /**
         * The last change that is on the disk.
         *
         * @return its sequence; 0 where there is none
         */
        long last();

        /**
         * About how long the copy will be.
         *
         * @return bytes
         */
        long bytes();

        /**
         * Writes the files.
         *
         * @param folder where to
         * @param requireGoingOn throws where they are not wanted any more
         * @return the last change that is in them
         */
        long write(Path folder, Runnable requireGoingOn);
    }

    /**
     * Takes a snapshot.
     *
     * @param target folder where it will stand; not there yet
     * @param source goes on changing
     * @param requireGoingOn throws where it is not wanted any more
     * @return what was written
     * @throws MillraceException USAGE when there is something at that place, LIMIT when there is no
     *     room, IO when the system refuses; nothing is left then
     */
    public static StateSnapshot take(Path target, Source source, Runnable requireGoingOn) {
        if (Files.exists(target)) {
            throw MillraceException.usage(
                    "a snapshot of that name is there: folder=%s; choose another name", target);
        }
        try (AtomicDirectory folder = AtomicDirectory.create(target, false)) {
            requireRoom(folder.path(), source.bytes());
            long takenMs = System.currentTimeMillis();
            long sequence = source.write(folder.path(), requireGoingOn);
            StateSnapshot snapshot =
                    new StateSnapshot(
                                    FORMAT,
                                    source.fingerprint(),
                                    source.folder().getFileName().toString(),
                                    sequence,
                                    takenMs,
                                    BundleManifest.describe(folder.path(), names(folder.path())),
                                    "")
                            .sealed();
            Json.writeAtomically(folder.resolve(MANIFEST), snapshot);
            requireGoingOn.run();
            folder.commit();
            return snapshot;
        }
    }

    private static void requireRoom(Path folder, long bytes) {
        try {
            long free = Files.getFileStore(folder).getUsableSpace();
            if (free < bytes) {
                throw MillraceException.of(
                        ErrorCode.LIMIT,
                        "no room for a snapshot: folder=%s, bytes=%d, free=%d; make room or choose"
                                + " another disk by the key snapshots",
                        folder.toAbsolutePath().getParent(),
                        bytes,
                        free);
            }
        } catch (IOException e) {
            throw MillraceException.io("look for room for a snapshot", folder, e);
        }
    }

    private static List<String> names(Path folder) {
        List<String> names = new ArrayList<>(REQUIRED);
        for (String name : OPTIONAL) {
            if (Files.exists(folder.resolve(name))) {
                names.add(name);
            }
        }
        return names;
    }

    /**
     * Reads what a folder says of itself and checks that every file is there as it was written, and
     * no other.
     *
     * @param folder of the snapshot
     * @return what it says
     * @throws MillraceException NOT_FOUND when it is none, CORRUPT_FILE when something is not as it
     *     was written
     */
    public static StateSnapshot verify(Path folder) {
        StateSnapshot snapshot = read(folder);
        snapshot.files.forEach(
                (name, file) -> {
                    Path path = folder.resolve(name);
                    if (Files.notExists(path)) {
                        throw MillraceException.corrupt(path, "a file of the snapshot is missing");
                    }
                    BundleFile actual = BundleManifest.describe(folder, List.of(name)).get(name);
                    if (!file.equals(actual)) {
                        throw MillraceException.corrupt(
                                path,
                                "not as it was written: expected=%s, actual=%s",
                                file,
                                actual);
                    }
                });
        return snapshot;
    }

    /** The same without looking at the content of the other files. */
    static StateSnapshot read(Path folder) {
        Path manifest = folder.resolve(MANIFEST);
        if (Files.notExists(manifest)) {
            throw MillraceException.of(
                    ErrorCode.NOT_FOUND,
                    "not a snapshot: folder=%s has no %s; make one with millrace snapshot",
                    folder,
                    MANIFEST);
        }
        StateSnapshot snapshot;
        try {
            snapshot = Json.read(manifest, StateSnapshot.class);
        } catch (MillraceException e) {
            throw e.code() == ErrorCode.BAD_INPUT
                    ? new MillraceException(
                            ErrorCode.CORRUPT_FILE, "damaged snapshot: " + e.getMessage(), e)
                    : e;
        }
        snapshot.validate(folder, manifest);
        return snapshot;
    }

    private void validate(Path folder, Path manifest) {
        String expected = sealed().checksum;
        if (!expected.equals(checksum)) {
            throw MillraceException.corrupt(
                    manifest, "checksum: expected=%s, actual=%s", expected, checksum);
        }
        requireForm(manifest);
        List<String> known = Stream.concat(REQUIRED.stream(), OPTIONAL.stream()).toList();
        boolean isPlain =
                fingerprint.length() == FINGERPRINT_LETTERS
                        && fingerprint.matches("[0-9a-f]*")
                        && sequence >= 0
                        && known.containsAll(files.keySet())
                        && files.keySet().containsAll(REQUIRED);
        if (!isPlain) {
            throw MillraceException.corrupt(
                    manifest, "not what a snapshot is made of: files=%s", files.keySet());
        }
        try (Stream<Path> entries = Files.list(folder)) {
            for (Path entry : entries.sorted().toList()) {
                String name = String.valueOf(entry.getFileName());
                if (!name.equals(MANIFEST) && !files.containsKey(name)) {
                    throw MillraceException.of(
                            ErrorCode.CORRUPT_FILE,
                            "a file that does not belong to the snapshot: file=%s; remove it",
                            entry);
                }
            }
        } catch (IOException e) {
            throw MillraceException.io("list a snapshot", folder, e);
        }
    }

    private void requireForm(Path manifest) {
        try {
            byte[] expected = (Json.mapper().writeValueAsString(this) + "\n").getBytes(UTF_8);
            int at = Arrays.mismatch(expected, Files.readAllBytes(manifest));
            if (at >= 0) {
                throw MillraceException.corrupt(
                        manifest, "changed after it was written: byte=%d", at);
            }
        } catch (IOException e) {
            throw MillraceException.io("read the manifest of a snapshot", manifest, e);
        }
    }

    private StateSnapshot sealed() {
        try {
            byte[] text = Json.mapper().writeValueAsString(with("")).getBytes(UTF_8);
            int sum = Checksums.crc32c(MemorySegment.ofArray(text));
            return with(String.format(Locale.ROOT, "%08x", sum));
        } catch (JsonProcessingException e) {
            throw new MillraceException(ErrorCode.INTERNAL, "cannot seal a snapshot", e);
        }
    }

    private StateSnapshot with(String sum) {
        return new StateSnapshot(format, fingerprint, state, sequence, takenMs, files, sum);
    }

    /**
     * Length of all its files.
     *
     * @return bytes
     */
    public long totalBytes() {
        return files.values().stream().mapToLong(BundleFile::bytes).sum();
    }
}
