package io.millrace.cli.data;

import io.millrace.core.error.MillraceException;
import io.millrace.data.train.checkpoint.Checkpoints;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.time.Duration;

/** Where and how often a training is kept, to go on with it when it was killed. */
final class CheckpointOptions {
    @Option(
            names = "--checkpoint",
            paramLabel = "FOLDER",
            description =
                    "Where a training is kept until it ends. The same command goes on from there"
                            + " when it was killed, and ends with the same bytes. Default:"
                            + " MODELS.checkpoint, beside the models.")
    private @Nullable Path folder;

    @Option(
            names = "--checkpoint-seconds",
            paramLabel = "S",
            description =
                    "How often, at most; less often where it takes long. 0 keeps nothing. Default:"
                            + " ${DEFAULT-VALUE}.")
    private int seconds = 60;

    /** The checkpoints of models that are to stand in a folder. */
    Checkpoints of(Path out) {
        if (seconds < 0) {
            throw MillraceException.usage(
                    "bad time between checkpoints: --checkpoint-seconds %d; choose 0 or more",
                    seconds);
        }
        if (seconds == 0) {
            return Checkpoints.none();
        }
        Path own = folder;
        if (own == null) {
            Path absolute = out.toAbsolutePath().normalize();
            own = absolute.resolveSibling(absolute.getFileName() + ".checkpoint");
        }
        return Checkpoints.in(own, Duration.ofSeconds(seconds));
    }
}
