package io.millrace.server.state;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.millrace.core.error.MillraceException;
import io.millrace.core.file.AtomicFile;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.regex.Pattern;

/**
 * Where the state of a bundle stands: in a folder named by its fingerprint, or, after a restore, in
 * the one that a file beside it names. So another state takes the place of the one before by one
 * rename of that file, while the one before is in use, and stays where it was.
 *
 * <pre>
 *   STATE/FINGERPRINT                        as it began
 *   STATE/FINGERPRINT.restored-TIME          after a restore
 *   STATE/FINGERPRINT.current                name of the folder in use; missing: the first
 * </pre>
 *
 * <p>Threading: any thread; one at a time chooses.
 */
public final class StateFolders {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss-SSS").withZone(ZoneOffset.UTC);
    private static final Pattern NAME =
            Pattern.compile("[0-9a-f]{16}(\\.restored-[0-9]{8}-[0-9]{6}-[0-9]{3})?");

    private final Path state;
    private final String fingerprint;

    /**
     * The folders of a bundle.
     *
     * @param state directory of what the server keeps
     * @param fingerprint of the bundle
     */
    public StateFolders(Path state, String fingerprint) {
        this.state = state;
        this.fingerprint = fingerprint;
    }

    /**
     * The folder in use, or the one that will be.
     *
     * @return may be missing where nothing was restored yet
     * @throws MillraceException CORRUPT_FILE when the file that names it names none
     */
    public Path current() {
        Path file = pointer();
        if (Files.notExists(file)) {
            return state.resolve(fingerprint);
        }
        try {
            String name = Files.readString(file, US_ASCII).strip();
            boolean isName = NAME.matcher(name).matches() && name.startsWith(fingerprint);
            if (!isName || !Files.isDirectory(state.resolve(name))) {
                throw MillraceException.corrupt(
                        file, "no folder of this bundle: name=%s; name one that is there", name);
            }
            return state.resolve(name);
        } catch (IOException e) {
            throw MillraceException.io("read which state is in use", file, e);
        }
    }

    /**
     * A folder for a state that is restored.
     *
     * @param now names it
     * @return not there yet
     */
    Path restored(Instant now) {
        return state.resolve(fingerprint + ".restored-" + TIME.format(now));
    }

    /**
     * Has a folder be the one in use, from the next opening on.
     *
     * @param folder is there
     */
    public void choose(Path folder) {
        AtomicFile.write(pointer(), (folder.getFileName() + "\n").getBytes(US_ASCII));
    }

    private Path pointer() {
        return state.resolve(fingerprint + ".current");
    }
}
