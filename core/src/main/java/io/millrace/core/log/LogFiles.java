package io.millrace.core.log;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The files of a log in its folder: {@code NAME-00000001.log} and on, the larger number is the
 * newer file.
 *
 * <p>Threading: any thread.
 */
public final class LogFiles {
    private LogFiles() {}

    /**
     * The files of a log, oldest first.
     *
     * @param log folder of the log, or one file of it.
     * @param kind what the log holds.
     * @return the files; the one that was given, whatever it is called.
     * @throws MillraceException NOT_FOUND when there is no such folder, or no file of a log in it.
     */
    public static List<Path> of(Path log, LogKind kind) {
        if (Files.isRegularFile(log)) {
            return List.of(log);
        }
        List<Path> files = Files.isDirectory(log) ? list(log, kind) : List.of();
        if (files.isEmpty()) {
            throw MillraceException.of(
                    ErrorCode.NOT_FOUND,
                    "no such log: log=%s, files=%s; name the folder of a log, or a file of it",
                    log,
                    path(log, kind, 1).getFileName());
        }
        return files;
    }

    /**
     * The files of a log that are in a folder, oldest first.
     *
     * @param folder of the log.
     * @param kind what the log holds.
     * @return the files; empty where there are none.
     * @throws MillraceException NOT_FOUND when there is no such folder.
     */
    public static List<Path> list(Path folder, LogKind kind) {
        try (Stream<Path> entries = Files.list(folder)) {
            List<Path> files = new ArrayList<>(entries.filter(f -> number(f, kind) > 0).toList());
            files.sort(Comparator.comparingLong(file -> number(file, kind)));
            return files;
        } catch (IOException e) {
            throw MillraceException.io("list the files of a log", folder, e);
        }
    }

    static Path path(Path folder, LogKind kind, long number) {
        return folder.resolve(String.format(Locale.ROOT, "%s-%08d.log", kind.name(), number));
    }

    /** Number of a file, or 0 for one of another kind. */
    static long number(Path file, LogKind kind) {
        Matcher name =
                Pattern.compile(Pattern.quote(kind.name()) + "-(\\d{8,18})\\.log")
                        .matcher(file.getFileName().toString());
        return name.matches() ? Long.parseLong(name.group(1)) : 0;
    }
}
