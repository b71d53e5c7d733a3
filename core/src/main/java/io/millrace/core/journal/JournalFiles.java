package io.millrace.core.journal;

import io.millrace.core.error.MillraceException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The files of a journal, oldest first, by the sequence that each begins with.
 *
 * <p>Threading: any thread.
 */
final class JournalFiles {
    private final List<Part> parts;

    /**
     * A file.
     *
     * @param path where it stands
     * @param first sequence of its first entry
     */
    record Part(Path path, long first) {}

    JournalFiles(List<Part> parts) {
        this.parts = new ArrayList<>(parts);
    }

    synchronized void add(Part part) {
        parts.add(part);
    }

    /** The newest file was given up; what could not be removed is known on. */
    synchronized void settleLast() {
        if (Files.notExists(parts.getLast().path())) {
            parts.removeLast();
        }
    }

    /** Removes files, the oldest first, that hold no entry from a sequence on; never the newest. */
    synchronized void dropBefore(long sequence) {
        while (parts.size() > 1 && parts.get(1).first() <= sequence) {
            Path path = parts.getFirst().path();
            try {
                Files.deleteIfExists(path);
            } catch (IOException e) {
                throw MillraceException.io("remove the file of a journal", path, e);
            }
            parts.removeFirst();
        }
    }

    /** The files as they are now, oldest first. */
    synchronized List<Part> list() {
        return List.copyOf(parts);
    }

    synchronized int count() {
        return parts.size();
    }
}
