package io.millrace.server;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.funnel.bundle.OpenBundle;
import io.millrace.server.state.StateRestore;
import io.millrace.server.state.StateSnapshot;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.file.Path;

/** The same bundle once more, with the state of a snapshot. */
final class RestoredBundle implements NextBundle {
    private static final Logger LOG = LoggerFactory.getLogger(RestoredBundle.class);

    private final ServerConfig config;
    private final Path snapshot;
    private @Nullable StateRestore restore;

    RestoredBundle(ServerConfig config, Path snapshot) {
        this.config = config;
        this.snapshot = snapshot;
    }

    @Override
    public ServerConfig config() {
        return config;
    }

    @Override
    public OpenBundle open(OpenBundle served, ProgressListener progress) {
        StateSnapshot verified = StateSnapshot.verify(snapshot);
        String fingerprint = requireState(served).fingerprint();
        if (!verified.fingerprint().equals(fingerprint)) {
            throw MillraceException.of(
                    ErrorCode.MISMATCH,
                    "snapshot of another bundle: folder=%s, bundle=%s, served=%s; serve that bundle"
                            + " first",
                    snapshot,
                    verified.fingerprint(),
                    fingerprint);
        }
        StateRestore copied = StateRestore.copy(snapshot, verified, config.stateDirectory());
        restore = copied;
        return OpenBundle.open(config, copied.restored(), progress);
    }

    /** What a bundle keeps; USAGE where it is nothing. */
    static StateSnapshot.Source requireState(OpenBundle served) {
        StateSnapshot.Source state = served.state();
        if (state == null) {
            throw MillraceException.usage("the bundle keeps no state: it is a ranker alone");
        }
        return state;
    }

    @Override
    public boolean isSameBundle() {
        return true;
    }

    @Override
    public void choose(OpenBundle served) {
        if (restore != null) {
            restore.choose(requireState(served).last());
            LOG.info(
                    "state restored: snapshot={}, folder={}, before={}, dropped={}",
                    snapshot,
                    restore.restored(),
                    restore.before(),
                    restore.dropped());
        }
    }

    @Override
    public void giveUp() {
        if (restore != null) {
            restore.giveUp();
        }
    }

    @Override
    public long dropped() {
        return restore == null ? 0 : restore.dropped();
    }
}
