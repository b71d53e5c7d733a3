package io.millrace.data.train.checkpoint;

import io.millrace.core.progress.ProgressListener;
import io.millrace.data.dataset.Dataset;

import java.util.regex.Pattern;

/**
 * The training of one model within a command: whom it tells how far it is, and where it keeps its
 * checkpoint.
 *
 * <p>Threading: as its listener.
 */
public final class TrainingRun {
    private static final Pattern CHANGEABLE = Pattern.compile("(learningRate|threads)=[^,\\]]*");

    private final Checkpoints checkpoints;
    private final ProgressListener progress;
    private final String name;

    private TrainingRun(Checkpoints checkpoints, ProgressListener progress, String name) {
        this.checkpoints = checkpoints;
        this.progress = progress;
        this.name = name;
    }

    /**
     * A run that keeps no checkpoints.
     *
     * @param progress told how far it is.
     * @return the run.
     */
    public static TrainingRun of(ProgressListener progress) {
        return of("", Checkpoints.none(), progress);
    }

    /**
     * The run of a model.
     *
     * @param model name of the model, that of its checkpoint.
     * @param checkpoints where that is kept.
     * @param progress told how far it is.
     * @return the run.
     */
    public static TrainingRun of(String model, Checkpoints checkpoints, ProgressListener progress) {
        return new TrainingRun(checkpoints, progress, model);
    }

    /**
     * The run of another model, which this one needs.
     *
     * @param ending added to the name of the model, as in {@code "-teacher-1"}.
     * @param text added to what its progress is called.
     * @return the run.
     */
    public TrainingRun part(String ending, String text) {
        return new TrainingRun(
                checkpoints,
                (stage, total) -> progress.start(stage + " (" + text + ")", total),
                name + ending);
    }

    /**
     * Whom to tell how far it is.
     *
     * @return the listener.
     */
    public ProgressListener progress() {
        return progress;
    }

    /**
     * Where the training is kept. What it is gone on with may have another learning rate, which is
     * lowered where a loss became too large, and other threads; all else must be the same.
     *
     * @param dataset what is trained on.
     * @param plan how.
     * @return the checkpoint.
     */
    public Checkpoint checkpoint(Dataset dataset, Record plan) {
        String same = CHANGEABLE.matcher(plan.toString()).replaceAll("$1=any");
        return checkpoints.of(name, "dataset=" + dataset.manifest().fingerprint() + ", " + same);
    }
}
