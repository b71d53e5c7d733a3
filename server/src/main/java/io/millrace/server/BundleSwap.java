package io.millrace.server;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;
import io.millrace.core.thread.LowPriority;
import io.millrace.server.admin.BundleStatus;
import io.millrace.server.admin.BundleStatus.Step;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.config.ServerConfig.LimitsConfig;
import io.millrace.server.funnel.Catalogue;
import io.millrace.server.funnel.bundle.FeedbackTransfer;
import io.millrace.server.funnel.bundle.OpenBundle;
import io.millrace.server.transport.FrameServer;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Serves one bundle after the other without a pause: opens the next one and tries it beside the
 * requests that go on, has it served from one request to the next, and closes the one before when
 * its last request is answered. Where anything fails, the one before goes on.
 *
 * <p>Threading: any thread may ask; one bundle at a time is on its way. Ownership: the bundle that
 * is served.
 */
final class BundleSwap implements Scrubber.Subject, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BundleSwap.class);
    private static final double NS_PER_SECOND = 1e9;
    private static final String SWAP = "swap";
    private static final String RESTORE = "restore";

    /** Threads of this name work on what is not served yet. */
    private static final String OPENER = "millrace-open-0";

    private final ServerCondition condition;
    private final FrameServer frames;
    private final Turn turn = new Turn();
    private final SwapStatus status;
    private final Snapshots snapshots;
    private final AtomicLong turnOvers = new AtomicLong();
    private volatile OpenBundle served;
    private ServerConfig config;
    private @Nullable ServerConfig previous;

    BundleSwap(ServerCondition condition, FrameServer frames, OpenBundle served) {
        this.condition = condition;
        this.frames = frames;
        this.served = served;
        this.config = condition.config();
        this.status = new SwapStatus(config, served);
        this.snapshots = new Snapshots(config, turn, this::served);
    }

    private OpenBundle served() {
        return served;
    }

    @Override
    public long turnOver() {
        return turnOvers.get();
    }

    @Override
    public long fingerprint() {
        return served.catalogue().fingerprint();
    }

    @Override
    public Path directory() {
        return condition.config().bundleDirectory();
    }

    @Override
    public void damaged(long fingerprint) {
        condition.damaged(fingerprint);
    }

    @Override
    public boolean leave(long turnOver) {
        turn.take(SWAP);
        try {
            if (previous == null) {
                return false;
            }
            // Else somebody has been faster.
            if (turnOver() == turnOver) {
                change(this::bundleBefore, ProgressListener.NONE);
            }
            return true;
        } finally {
            turn.release();
        }
    }

    BundleStatus status() {
        return status.now();
    }

    Snapshots snapshots() {
        return snapshots;
    }

    /** What the bundle that is served can be asked for. */
    Catalogue catalogue() {
        return served.catalogue();
    }

    /**
     * Serves another bundle.
     *
     * @param directory of the bundle
     * @param progress told of the steps
     * @throws MillraceException when it is served already, is damaged or fails, or another one is
     *     on its way
     */
    void swap(Path directory, ProgressListener progress) {
        inTurn(SWAP, () -> otherBundle(directory), progress);
    }

    /** Serves the bundle before again; USAGE where there was none, else as {@link #swap}. */
    void rollback(ProgressListener progress) {
        inTurn(SWAP, this::bundleBefore, progress);
    }

    /**
     * Serves the same bundle with the state of a snapshot. Changes since are dropped; the state
     * before stays where it is.
     *
     * @param snapshot its folder
     * @param progress told of the steps
     * @return how many changes are dropped, or {@link
     *     io.millrace.server.state.StateRestore#UNKNOWN}
     * @throws MillraceException when it is damaged or of another bundle, and as {@link #swap}
     */
    long restore(Path snapshot, ProgressListener progress) {
        inTurn(RESTORE, () -> new RestoredBundle(config, snapshot), progress);
        return status.now().dropped();
    }

    private void inTurn(String doing, Supplier<NextBundle> next, ProgressListener progress) {
        turn.take(doing);
        try {
            change(next, progress);
        } finally {
            turn.release();
        }
    }

    /**
     * Begins to serve another bundle on a thread of its own; the status tells what comes of it.
     *
     * @throws MillraceException UNAVAILABLE when another one is on its way
     */
    void beginSwap(Path directory) {
        begin(SWAP, () -> otherBundle(directory));
    }

    /** Begins to serve the bundle before again, as {@link #beginSwap}. */
    void beginRollback() {
        begin(SWAP, this::bundleBefore);
    }

    /** Begins to restore a snapshot, as {@link #beginSwap}. */
    void beginRestore(String name) {
        Path folder = snapshots.folderOf(name);
        begin(RESTORE, () -> new RestoredBundle(config, folder));
    }

    private void begin(String doing, Supplier<NextBundle> next) {
        turn.begin(
                doing,
                () -> status.tell(null, Step.OPENING, null),
                () -> change(next, ProgressListener.NONE));
    }

    private NextBundle otherBundle(Path directory) {
        return new OtherBundle(config.with("bundle", directory.toString()));
    }

    private NextBundle bundleBefore() {
        if (previous == null) {
            throw MillraceException.usage(
                    "no bundle was served before this one since the server's start: name one");
        }
        return new OtherBundle(previous);
    }

    private void change(Supplier<NextBundle> wish, ProgressListener progress) {
        String directory = null;
        try {
            NextBundle next = wish.get();
            directory = next.config().bundleDirectory().toString();
            status.tell(directory, Step.OPENING, null);
            serve(next, progress);
        } catch (Throwable t) {
            status.tell(directory, Step.FAILED, t.getMessage());
            LOG.error("bundle not served, the one before goes on: directory={}", directory, t);
            throw t;
        }
    }

    private void serve(NextBundle next, ProgressListener progress) {
        long beginNs = System.nanoTime();
        String directory = next.config().bundleDirectory().toString();
        OpenBundle opened = null;
        FeedbackTransfer told = null;
        boolean isIdle;
        int tried;
        long carried;
        try {
            OpenBundle bundle = LowPriority.call(OPENER, () -> next.open(served, progress));
            opened = bundle;
            status.tell(directory, Step.TRYING, null);
            LimitsConfig limits = next.config().limits();
            boolean carriesOver = !next.isSameBundle() && next.config().changes().carryOver();
            CarryOver carryOver = carriesOver ? CarryOver.between(served, bundle, limits) : null;
            told = carriesOver ? FeedbackTransfer.between(served, bundle) : null;
            carried = carryOver == null ? 0 : LowPriority.call(OPENER, carryOver::run);
            if (told != null) {
                // At the usual priority: feedback waits while this looks at what was told.
                told.run();
            }
            tried =
                    LowPriority.call(
                            OPENER, () -> Rehearsal.run(bundle, limits, frames.recentRequests()));
            turn.requireGoingOn();
            status.tell(directory, Step.SWITCHING, null);
            if (carryOver != null || next.isSameBundle()) {
                holdChanges();
                carried = carryOver == null ? 0 : carryOver.run();
            }
            next.choose(served);
            if (told != null) {
                told.handOver();
            }
            isIdle = frames.serve(opened);
        } catch (Throwable t) {
            frames.releaseChanges();
            if (told != null) {
                told.end();
            }
            if (opened != null) {
                opened.close();
            }
            next.giveUp();
            throw t;
        }
        if (told != null) {
            told.end();
            LOG.info("feedback carried over: events={}", told.carried());
        }
        OpenBundle before = served;
        served = opened;
        previous = next.isSameBundle() ? previous : config;
        config = next.config();
        condition.serving(opened, config);
        turnOvers.incrementAndGet();
        double seconds = (System.nanoTime() - beginNs) / NS_PER_SECOND;
        LOG.info("serving another bundle: directory={}, seconds={}", directory, seconds);
        if (isIdle) {
            closeOrTell(before);
        } else {
            LOG.error("requests of the bundle before hang: it stays open until the server ends");
        }
        status.served(opened, next, previous, tried, carried, seconds);
    }

    /** The next one is served already, so that this is no reason to say it were not. */
    private static void closeOrTell(OpenBundle before) {
        try {
            // Giving memory back takes the system a while.
            LowPriority.call(
                    "millrace-close-0",
                    () -> {
                        before.close();
                        return true;
                    });
        } catch (RuntimeException e) {
            LOG.error("the bundle before could not be closed", e);
        }
    }

    /** No more changes are made on what is served, until the next one is. */
    private void holdChanges() {
        if (!frames.holdChanges()) {
            throw MillraceException.of(
                    ErrorCode.UNAVAILABLE,
                    "the disk does not take the changes under way, so it is not known which there"
                            + " are; try again");
        }
    }

    /** From now on no other bundle is served; one that is being opened is closed again. */
    void stop() {
        turn.stop();
    }

    /** Closes what is served, which must answer nothing any more. */
    @Override
    public void close() {
        turn.end();
        served.close();
    }
}
