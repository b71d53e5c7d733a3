package io.millrace.server;

import io.millrace.core.bundle.BundleManifest;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;
import io.millrace.server.admin.BundleStatus;
import io.millrace.server.admin.BundleStatus.Step;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.funnel.Catalogue;
import io.millrace.server.funnel.OpenBundle;
import io.millrace.server.transport.FrameServer;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * Serves one bundle after the other without a pause: opens the next one and tries it beside the
 * requests that go on, has it served from one request to the next, and closes the one before when
 * its last request is answered. Where anything fails, the one before goes on.
 *
 * <p>Threading: any thread may ask; one bundle at a time is on its way. Ownership: the bundle that
 * is served.
 */
final class BundleSwap implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BundleSwap.class);
    private static final double NS_PER_SECOND = 1e9;

    private final ServerCondition condition;
    private final FrameServer frames;
    private final Semaphore turn = new Semaphore(1);
    private volatile OpenBundle served;
    private ServerConfig config;
    private @Nullable ServerConfig previous;
    private volatile BundleStatus status;
    private volatile boolean isClosing;

    BundleSwap(ServerCondition condition, FrameServer frames, OpenBundle served) {
        this.condition = condition;
        this.frames = frames;
        this.served = served;
        this.config = condition.config();
        this.status =
                new BundleStatus(
                        config.bundleDirectory().toString(),
                        fingerprint(served),
                        null,
                        null,
                        Step.NONE,
                        null,
                        0,
                        0,
                        0,
                        0);
    }

    private static String fingerprint(OpenBundle bundle) {
        return String.format("%016x", bundle.catalogue().fingerprint());
    }

    BundleStatus status() {
        return status;
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
        takeTurn();
        changeInTurn(() -> configOf(directory), progress);
    }

    /** Serves the bundle before again; USAGE where there was none, else as {@link #swap}. */
    void rollback(ProgressListener progress) {
        takeTurn();
        changeInTurn(this::configBefore, progress);
    }

    /**
     * Begins to serve another bundle on a thread of its own; the status tells what comes of it.
     *
     * @throws MillraceException UNAVAILABLE when another one is on its way
     */
    void beginSwap(Path directory) {
        begin(() -> configOf(directory));
    }

    /** Begins to serve the bundle before again, as {@link #beginSwap}. */
    void beginRollback() {
        begin(this::configBefore);
    }

    private void begin(Supplier<ServerConfig> next) {
        takeTurn();
        Thread thread =
                new Thread(
                        () -> {
                            try {
                                changeInTurn(next, ProgressListener.NONE);
                            } catch (MillraceException told) {
                                // The status and the log have it.
                                return;
                            }
                        },
                        "millrace-swap-0");
        thread.setDaemon(true);
        // Whoever asks now must not read of the one before.
        tell(null, Step.OPENING, null);
        thread.start();
    }

    private ServerConfig configOf(Path directory) {
        return config.with("bundle", directory.toString());
    }

    private ServerConfig configBefore() {
        if (previous == null) {
            throw MillraceException.usage(
                    "no bundle was served before this one since the server's start: name one");
        }
        return previous;
    }

    private void takeTurn() {
        if (!turn.tryAcquire()) {
            throw underWay();
        }
    }

    private MillraceException underWay() {
        return MillraceException.of(
                ErrorCode.UNAVAILABLE,
                "another bundle is on its way: next=%s, step=%s; wait for it",
                status.next(),
                status.step());
    }

    private void changeInTurn(Supplier<ServerConfig> wish, ProgressListener progress) {
        String directory = null;
        try {
            ServerConfig next = wish.get();
            directory = next.bundleDirectory().toString();
            tell(directory, Step.OPENING, null);
            serve(next, progress);
        } catch (Throwable t) {
            tell(directory, Step.FAILED, t.getMessage());
            LOG.error("bundle not served, the one before goes on: directory={}", directory, t);
            throw t;
        } finally {
            turn.release();
        }
    }

    private void serve(ServerConfig next, ProgressListener progress) {
        long beginNs = System.nanoTime();
        String directory = next.bundleDirectory().toString();
        requireOther(next);
        OpenBundle opened = OpenBundle.open(next, progress);
        boolean isIdle;
        int tried;
        long carried;
        try {
            tell(directory, Step.TRYING, null);
            CarryOver carryOver =
                    next.changes().carryOver()
                            ? CarryOver.between(served, opened, next.limits())
                            : null;
            carried = carryOver == null ? 0 : carryOver.run();
            tried = Rehearsal.run(opened, next.limits(), frames.recentRequests());
            requireGoingOn();
            tell(directory, Step.SWITCHING, null);
            if (carryOver != null) {
                carried = holdAndCarry(carryOver);
            }
            isIdle = frames.serve(opened);
        } catch (Throwable t) {
            frames.releaseChanges();
            opened.close();
            throw t;
        }
        OpenBundle before = served;
        served = opened;
        previous = config;
        config = next;
        condition.serving(opened, next);
        double seconds = (System.nanoTime() - beginNs) / NS_PER_SECOND;
        LOG.info("serving another bundle: directory={}, seconds={}", directory, seconds);
        if (isIdle) {
            closeOrTell(before);
        } else {
            LOG.error("requests of the bundle before hang: it stays open until the server ends");
        }
        status =
                new BundleStatus(
                        directory,
                        fingerprint(opened),
                        previous.bundleDirectory().toString(),
                        null,
                        Step.NONE,
                        null,
                        status.swaps() + 1,
                        tried,
                        carried,
                        seconds);
    }

    /** The next one is served already, so that this is no reason to say it were not. */
    private static void closeOrTell(OpenBundle before) {
        try {
            before.close();
        } catch (RuntimeException e) {
            LOG.error("the bundle before could not be closed", e);
        }
    }

    /** Carries over what was changed meanwhile; no more is taken until the next one is served. */
    private long holdAndCarry(CarryOver carryOver) {
        if (!frames.holdChanges()) {
            throw MillraceException.of(
                    ErrorCode.UNAVAILABLE,
                    "the disk does not take the changes under way, so they can't be carried over;"
                            + " try again");
        }
        return carryOver.run();
    }

    /** A bundle that is served holds its state, so that it can't be opened twice. */
    private void requireOther(ServerConfig next) {
        Path directory = next.bundleDirectory();
        long fingerprint = BundleManifest.read(directory).fingerprintBits();
        if (fingerprint == served.catalogue().fingerprint()) {
            throw MillraceException.usage(
                    "the bundle is served already: directory=%s, fingerprint=%016x; name another",
                    directory, fingerprint);
        }
    }

    private void requireGoingOn() {
        if (isClosing) {
            throw MillraceException.of(
                    ErrorCode.UNAVAILABLE, "the server is stopping: no other bundle is served");
        }
    }

    private void tell(@Nullable String next, Step step, @Nullable String error) {
        BundleStatus now = status;
        status =
                new BundleStatus(
                        now.directory(),
                        now.fingerprint(),
                        now.previous(),
                        next,
                        step,
                        step == Step.FAILED
                                ? Objects.requireNonNullElse(error, "a defect: see the log")
                                : null,
                        now.swaps(),
                        now.tried(),
                        now.carried(),
                        now.lastSeconds());
    }

    /** From now on no other bundle is served; one that is being opened is closed again. */
    void stop() {
        isClosing = true;
    }

    /** Closes what is served, which must answer nothing any more. */
    @Override
    public void close() {
        stop();
        turn.acquireUninterruptibly();
        served.close();
    }
}
