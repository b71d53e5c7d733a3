package io.millrace.server.security;

import io.millrace.core.error.MillraceException;

import java.nio.file.Path;
import java.util.List;

/** What is read from files and read again when they change. */
interface Reloadable {
    /** What it is, for the log. */
    String label();

    /** The files. */
    List<Path> files();

    /**
     * Reads the files; whatever is used meanwhile goes on, and goes on for good where it fails.
     *
     * @throws MillraceException when they make no sense.
     */
    void reload();
}
