package io.millrace.data.train.checkpoint;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.file.SectionFile;
import io.millrace.core.file.SectionFileWriter;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The file that one model in training can be gone on with from, if its training keeps any. It
 * appears whole or not at all, and in place of the one before.
 *
 * <p>Threading: the trainer's thread, between two steps.
 */
public final class Checkpoint {
    private static final String KIND = "TRAINING";
    private static final int VERSION = 1;
    private static final String TRAINING = "training";
    private static final Pattern PARTS = Pattern.compile(", |\\[|]");

    /** A save may take this share of the time at most. */
    private static final int SHARE_OF_SAVES = 20;

    /** What took a smaller share of the interval is done again rather than kept. */
    private static final int SHARE_WORTH_KEEPING = 10;

    private final @Nullable Path file;
    private final String training;
    private final long intervalNs;
    private final long startNs = System.nanoTime();
    private long lastNs = startNs;
    private long waitNs;

    /**
     * The checkpoint of a training.
     *
     * @param file where it is, or will be; null to keep none.
     * @param training what is trained on what, and how: one of another text is refused.
     * @param interval how long after a save the next one is made, longer where saves take long; 0
     *     for one after each step.
     */
    Checkpoint(@Nullable Path file, String training, Duration interval) {
        this.file = file;
        this.training = training;
        this.intervalNs = interval.toNanos();
        this.waitNs = intervalNs;
    }

    /**
     * Goes back to where the training was when it was saved last, if it was.
     *
     * @param walk over what was learnt, as it is at the first step.
     * @throws MillraceException MISMATCH when it was another training, CORRUPT_FILE when the file
     *     is damaged.
     */
    public void resume(TrainingState.Walk walk) {
        if (file == null || Files.notExists(file)) {
            return;
        }
        try (SectionFile saved = SectionFile.open(file, KIND, VERSION)) {
            String other = new String(saved.readBytes(TRAINING), StandardCharsets.UTF_8);
            if (!other.equals(training)) {
                throw MillraceException.of(
                        ErrorCode.MISMATCH,
                        "the checkpoint is of another training: file=%s, it has %s, asked is %s;"
                                + " ask for the same, or delete its folder to begin anew",
                        file,
                        differing(other, training),
                        differing(training, other));
            }
            walk.over(new RestoredState(saved));
        }
    }

    /** What one of two texts says that the other does not. */
    private static String differing(String text, String other) {
        List<String> known = List.of(PARTS.split(other, -1));
        return PARTS.splitAsStream(text)
                .filter(each -> !known.contains(each))
                .collect(Collectors.joining(", "));
    }

    /**
     * Saves the training if the last time was long enough ago. What is not finite is not saved, so
     * that the last good one stays.
     *
     * @param walk over what was learnt.
     */
    public void saveIfDue(TrainingState.Walk walk) {
        if (file != null && System.nanoTime() - lastNs >= waitNs) {
            save(file, walk);
        }
    }

    /**
     * Saves a training that has ended, if it took long: others of the same command are to come.
     *
     * @param walk over what was learnt.
     */
    public void finish(TrainingState.Walk walk) {
        if (file != null && System.nanoTime() - startNs >= intervalNs / SHARE_WORTH_KEEPING) {
            save(file, walk);
        }
    }

    private void save(Path target, TrainingState.Walk walk) {
        long beginNs = System.nanoTime();
        try (SectionFileWriter writer = SectionFileWriter.create(target, KIND, VERSION)) {
            writer.bytes(TRAINING, training.getBytes(StandardCharsets.UTF_8));
            SavedState state = new SavedState(writer);
            walk.over(state);
            if (state.isFinite()) {
                writer.commit();
            }
        }
        lastNs = System.nanoTime();
        waitNs = intervalNs == 0 ? 0 : Math.max(intervalNs, SHARE_OF_SAVES * (lastNs - beginNs));
    }

    /**
     * What to do when a training can't go on, for the message of the error.
     *
     * @param option the option of the learning rate.
     * @return as in {@code "train with a smaller --ranker-rate; …"}.
     */
    public String advice(String option) {
        if (file == null || Files.notExists(file)) {
            return "train with a smaller " + option;
        }
        return String.format(
                "the last good checkpoint is kept: file=%s; the same command with a smaller %s goes"
                        + " on from it",
                file, option);
    }
}
