package io.millrace.core.error;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;

/**
 * The one exception of Millrace. The message is one lower-case line: what went wrong, the values as
 * {@code name=value}, and what to change. Callers decide by {@link #code()}, never by the text.
 *
 * <p>Threading: immutable.
 */
public final class MillraceException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final String message;

    /**
     * Makes an exception.
     *
     * @param code what kind of trouble it is.
     * @param message one lower-case line with values and advice.
     * @param cause what led to it, or null.
     */
    public MillraceException(ErrorCode code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
        this.message = message;
    }

    /**
     * Makes an exception with a formatted message ({@link Locale#ROOT}).
     *
     * @param code what kind of trouble it is.
     * @param format format of the one-line message.
     * @param arguments values for the format.
     * @return the exception, for the caller to throw.
     */
    @FormatMethod
    public static MillraceException of(
            ErrorCode code, @FormatString String format, @Nullable Object... arguments) {
        return new MillraceException(code, String.format(Locale.ROOT, format, arguments), null);
    }

    /**
     * The caller asked for something that makes no sense.
     *
     * @param format format of the one-line message.
     * @param arguments values for the format.
     * @return the exception, for the caller to throw.
     */
    @FormatMethod
    public static MillraceException usage(
            @FormatString String format, @Nullable Object... arguments) {
        return new MillraceException(
                ErrorCode.USAGE, String.format(Locale.ROOT, format, arguments), null);
    }

    /**
     * The data given are not what they should be.
     *
     * @param format format of the one-line message.
     * @param arguments values for the format.
     * @return the exception, for the caller to throw.
     */
    @FormatMethod
    public static MillraceException badInput(
            @FormatString String format, @Nullable Object... arguments) {
        return new MillraceException(
                ErrorCode.BAD_INPUT, String.format(Locale.ROOT, format, arguments), null);
    }

    /**
     * A file of ours is damaged.
     *
     * @param file the damaged file.
     * @param format format of what is wrong with it.
     * @param arguments values for the format.
     * @return the exception, for the caller to throw.
     */
    @FormatMethod
    public static MillraceException corrupt(
            Path file, @FormatString String format, @Nullable Object... arguments) {
        String what = String.format(Locale.ROOT, format, arguments);
        return new MillraceException(
                ErrorCode.CORRUPT_FILE,
                "damaged file: file=" + file + ", " + what + "; restore it or build it again",
                null);
    }

    /**
     * The operating system refused. Says plainly what the JDK only hints at by a class name.
     *
     * @param doing what was being done, as in {@code "read vectors"}.
     * @param path the file or folder it was done to.
     * @param cause what the JDK said.
     * @return the exception, for the caller to throw.
     */
    public static MillraceException io(String doing, Path path, IOException cause) {
        return switch (cause) {
            case NoSuchFileException missing ->
                    new MillraceException(
                            ErrorCode.NOT_FOUND,
                            "cannot "
                                    + doing
                                    + ": no such file, file="
                                    + missing.getFile()
                                    + "; check the path",
                            cause);
            case AccessDeniedException denied ->
                    new MillraceException(
                            ErrorCode.IO,
                            "cannot "
                                    + doing
                                    + ": permission denied, file="
                                    + denied.getFile()
                                    + "; change its rights",
                            cause);
            case FileAlreadyExistsException exists ->
                    new MillraceException(
                            ErrorCode.IO,
                            "cannot "
                                    + doing
                                    + ": it exists already, file="
                                    + exists.getFile()
                                    + "; choose another name",
                            cause);
            case ClosedByInterruptException interrupted ->
                    new MillraceException(
                            ErrorCode.IO, "cannot " + doing + ": interrupted, file=" + path, cause);
            default ->
                    new MillraceException(
                            ErrorCode.IO,
                            "cannot " + doing + ": file=" + path + ", reason=" + cause.getMessage(),
                            cause);
        };
    }

    /**
     * What kind of trouble it is.
     *
     * @return the code.
     */
    public ErrorCode code() {
        return code;
    }

    /** The one-line message; unlike that of other exceptions it is never null. */
    @Override
    public String getMessage() {
        return message;
    }
}
