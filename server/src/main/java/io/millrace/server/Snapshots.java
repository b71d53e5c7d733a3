package io.millrace.server;

import io.millrace.core.error.MillraceException;
import io.millrace.core.file.AtomicDirectory;
import io.millrace.server.admin.SnapshotStatus;
import io.millrace.server.admin.SnapshotStatus.Step;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.funnel.bundle.OpenBundle;
import io.millrace.server.metrics.Gauge;
import io.millrace.server.state.StateSnapshot;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * Takes snapshots of the state of the bundle that is served, while it is.
 *
 * <p>Threading: any thread may ask; one snapshot at a time, and none while another bundle is on its
 * way.
 */
final class Snapshots {
    private static final Logger LOG = LoggerFactory.getLogger(Snapshots.class);
    private static final double NS_PER_SECOND = 1e9;

    /** No way out of the folder, and nothing hidden in it. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,99}");

    private final ServerConfig config;
    private final Turn turn;
    private final Supplier<OpenBundle> served;
    private volatile SnapshotStatus status = SnapshotStatus.NONE;

    /**
     * Snapshots of a server.
     *
     * @param config says where they stand
     * @param turn is taken for the time of each
     * @param served tells the bundle
     */
    Snapshots(ServerConfig config, Turn turn, Supplier<OpenBundle> served) {
        this.config = config;
        this.turn = turn;
        this.served = served;
    }

    SnapshotStatus status() {
        return status;
    }

    List<Gauge> gauges() {
        return List.of(
                Gauge.of(
                        "snapshots_total",
                        "Snapshots of the state that were taken since the start.",
                        (double) status.taken()),
                Gauge.of(
                        "snapshot_seconds",
                        "That the last snapshot of the state took.",
                        status.seconds()));
    }

    /**
     * Where a snapshot stands.
     *
     * @param name of it
     * @throws MillraceException USAGE where that is no plain name
     */
    Path folderOf(String name) {
        if (!NAME.matcher(name).matches()) {
            throw MillraceException.usage(
                    "not a name of a snapshot: name=%s; letters, digits, dots and dashes, as in"
                            + " 2026-11-22",
                    name);
        }
        return config.snapshotsDirectory().resolve(name);
    }

    /** Takes a snapshot and returns when it is whole. */
    StateSnapshot take(String name) {
        Path folder = folderOf(name);
        turn.take("snapshot");
        try {
            return takeInTurn(folder);
        } finally {
            turn.release();
        }
    }

    /** Begins to take one; the status tells what comes of it. */
    void begin(String name) {
        Path folder = folderOf(name);
        turn.begin("snapshot", () -> tell(Step.WRITING, folder, null), () -> takeInTurn(folder));
    }

    private StateSnapshot takeInTurn(Path folder) {
        long beginNs = System.nanoTime();
        tell(Step.WRITING, folder, null);
        try {
            StateSnapshot.Source state = RestoredBundle.requireState(served.get());
            AtomicDirectory.removeUnfinished(config.snapshotsDirectory());
            StateSnapshot snapshot = StateSnapshot.take(folder, state, turn::requireGoingOn);
            double seconds = (System.nanoTime() - beginNs) / NS_PER_SECOND;
            status =
                    new SnapshotStatus(
                            Step.WRITTEN,
                            folder.toString(),
                            null,
                            snapshot.fingerprint(),
                            snapshot.sequence(),
                            snapshot.totalBytes(),
                            seconds,
                            status.taken() + 1);
            LOG.info(
                    "snapshot taken: folder={}, sequence={}, bytes={}, seconds={}",
                    folder,
                    snapshot.sequence(),
                    snapshot.totalBytes(),
                    seconds);
            return snapshot;
        } catch (Throwable t) {
            tell(Step.FAILED, folder, Objects.requireNonNullElse(t.getMessage(), "see the log"));
            LOG.error("no snapshot: folder={}", folder, t);
            throw t;
        }
    }

    private void tell(Step step, Path folder, @Nullable String error) {
        status =
                new SnapshotStatus(
                        step,
                        folder.toString(),
                        error,
                        null,
                        0,
                        0,
                        status.seconds(),
                        status.taken());
    }
}
