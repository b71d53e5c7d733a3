package io.millrace.core.tls;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/**
 * Small files that hold secrets. One that others than its owner and its group may read, or than its
 * owner may write, is refused: whoever could has the secret already.
 */
public final class SecretFile {
    private static final long MOST_BYTES = 1 << 20;

    private static final Set<PosixFilePermission> TOO_WIDE =
            EnumSet.of(
                    PosixFilePermission.GROUP_WRITE,
                    PosixFilePermission.OTHERS_READ,
                    PosixFilePermission.OTHERS_WRITE,
                    PosixFilePermission.OTHERS_EXECUTE);

    private SecretFile() {}

    /**
     * Reads a file.
     *
     * @param what it holds, for errors, as in {@code "tokens"}.
     * @param file to read.
     * @return its text.
     * @throws MillraceException when it can't be read, is too long, or others may read or write it.
     */
    public static String read(String what, Path file) {
        String doing = "read " + what;
        try {
            validateRights(what, file);
            long bytes = Files.size(file);
            if (bytes > MOST_BYTES) {
                throw MillraceException.badInput(
                        "file too long for %s: file=%s, bytes=%d, limit=%d; name the right one",
                        what, file, bytes, MOST_BYTES);
            }
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw MillraceException.io(doing, file, e);
        }
    }

    /**
     * Reads a file of a single secret.
     *
     * @param what it holds, for errors.
     * @param file to read.
     * @return its first line, without spaces around it.
     * @throws MillraceException as {@link #read}, and when the line is empty.
     */
    public static String readLine(String what, Path file) {
        String line = read(what, file).lines().findFirst().orElse("").strip();
        if (line.isEmpty()) {
            throw MillraceException.badInput(
                    "empty file of %s: file=%s; write it into the first line", what, file);
        }
        return line;
    }

    /** Systems that know no such rights have others, which are not ours to judge. */
    private static void validateRights(String what, Path file) throws IOException {
        Set<PosixFilePermission> rights;
        try {
            rights = Files.getPosixFilePermissions(file);
        } catch (UnsupportedOperationException unknown) {
            return;
        }
        for (PosixFilePermission right : rights) {
            if (TOO_WIDE.contains(right)) {
                throw MillraceException.of(
                        ErrorCode.USAGE,
                        "others can reach the file of %s: file=%s, rights=%s, limit=rw-r-----;"
                                + " chmod 600 it",
                        what,
                        file,
                        PosixFilePermissions.toString(rights));
            }
        }
    }
}
