package io.millrace.data.train.checkpoint;

import io.millrace.core.error.MillraceException;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * The folder of a command's checkpoints, a file for each model that it trains. It is made with the
 * first of them.
 *
 * <p>Threading: immutable, any thread.
 */
public final class Checkpoints {
    private static final String ENDING = ".checkpoint";

    private final @Nullable Path folder;
    private final Duration interval;

    private Checkpoints(@Nullable Path folder, Duration interval) {
        this.folder = folder;
        this.interval = interval;
    }

    /**
     * Keeps nothing.
     *
     * @return checkpoints that are never written.
     */
    public static Checkpoints none() {
        return new Checkpoints(null, Duration.ZERO);
    }

    /**
     * Keeps checkpoints.
     *
     * @param folder where to; need not be there.
     * @param interval how long after a checkpoint the next one is written; 0 for after each step.
     * @return the checkpoints.
     */
    public static Checkpoints in(Path folder, Duration interval) {
        return new Checkpoints(folder, interval);
    }

    /**
     * Whether some were left by a training that did not end.
     *
     * @return true when one is there.
     */
    public boolean isAnyThere() {
        return !files().isEmpty();
    }

    /** The checkpoint of one model. */
    Checkpoint of(String model, String training) {
        Path file = folder == null ? null : folder.resolve(model + ENDING);
        return new Checkpoint(file, training, interval);
    }

    /** Removes them, and their folder if there is nothing else in it: the models are written. */
    public void delete() {
        if (folder == null) {
            return;
        }
        try {
            for (Path file : files()) {
                Files.delete(file);
            }
            Files.deleteIfExists(folder);
        } catch (DirectoryNotEmptyException e) {
            // Somebody keeps other things in it.
        } catch (IOException e) {
            throw MillraceException.io("delete checkpoints", folder, e);
        }
    }

    private List<Path> files() {
        if (folder == null) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(each -> each.getFileName().toString().endsWith(ENDING)).toList();
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw MillraceException.io("look for checkpoints", folder, e);
        }
    }
}
