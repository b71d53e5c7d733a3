package io.millrace.server;

import io.millrace.core.error.MillraceException;
import io.millrace.core.progress.ProgressListener;
import io.millrace.server.admin.AdminServer;
import io.millrace.server.admin.SampleList;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.funnel.Catalogue;
import io.millrace.server.funnel.Funnel;
import io.millrace.server.funnel.bundle.OpenBundle;
import io.millrace.server.metrics.ServerStatistics;
import io.millrace.server.state.StateSnapshot;
import io.millrace.server.transport.FrameServer;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.file.Path;
import java.util.Objects;

/**
 * A running server: frames on one port, admin pages and requests in JSON on another.
 *
 * <p>Threading: any thread may ask or close.
 */
public final class MillraceServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MillraceServer.class);

    private final ServerCondition condition;

    /** Of the caller, or null where bundles are served. */
    private final @Nullable Funnel funnel;

    private final @Nullable AdminServer admin;
    private final FrameServer frames;
    private final @Nullable BundleSwap bundles;
    private final @Nullable Scrubber scrubber;
    private boolean isClosed;

    private MillraceServer(
            ServerCondition condition,
            Funnel served,
            @Nullable AdminServer admin,
            @Nullable OpenBundle bundle) {
        this.condition = condition;
        this.funnel = bundle == null ? served : null;
        this.admin = admin;
        this.frames =
                FrameServer.start(
                        condition.config(),
                        served,
                        condition.metrics(),
                        condition.security(),
                        () -> SampleList.of(condition),
                        version());
        this.bundles = bundle == null ? null : new BundleSwap(condition, frames, bundle);
        if (bundles != null) {
            condition.changing(bundles);
        }
        this.scrubber = bundles == null ? null : Scrubber.start(condition.config(), bundles);
        condition.scrubbing(scrubber);
        condition.ready(served, frames.innerAddress());
    }

    /**
     * Opens the bundle that the configuration names and serves it. The admin pages are there from
     * the start; the port for frames opens when the bundle is warm.
     *
     * @param config where, how and what
     * @param progress told of the steps
     * @return a server that is ready
     * @throws MillraceException when the bundle is damaged, a port is in use or the configuration
     *     makes no sense
     */
    public static MillraceServer start(ServerConfig config, ProgressListener progress) {
        ServerCondition condition = new ServerCondition(OpenFiles.within(config));
        AdminServer admin = null;
        OpenBundle bundle = null;
        try {
            admin = startAdmin(condition);
            bundle = OpenBundle.open(condition.config(), progress);
            return new MillraceServer(condition, bundle, admin, bundle);
        } catch (Throwable t) {
            if (bundle != null) {
                bundle.close();
            }
            closeAdmin(admin);
            condition.close();
            throw t;
        }
    }

    /**
     * Opens the bundle that the configuration names and serves it, telling nobody of the steps.
     *
     * @param config where, how and what
     * @return a server that is ready
     */
    public static MillraceServer start(ServerConfig config) {
        return start(config, ProgressListener.NONE);
    }

    /**
     * Starts a server for a funnel that is there already and stays the caller's.
     *
     * @param config where and how
     * @param funnel what answers; must outlive the server
     * @return a server that is ready
     * @throws MillraceException when a port is in use or the configuration makes no sense
     */
    public static MillraceServer start(ServerConfig config, Funnel funnel) {
        ServerCondition condition = new ServerCondition(OpenFiles.within(config));
        AdminServer admin = null;
        try {
            admin = startAdmin(condition);
            return new MillraceServer(condition, funnel, admin, null);
        } catch (Throwable t) {
            closeAdmin(admin);
            condition.close();
            throw t;
        }
    }

    private static @Nullable AdminServer startAdmin(ServerCondition condition) {
        return condition.config().network().adminPort() < 0
                ? null
                : AdminServer.start(condition.config(), condition);
    }

    private static void closeAdmin(@Nullable AdminServer admin) {
        if (admin != null) {
            admin.close();
        }
    }

    private static String version() {
        String version = MillraceServer.class.getPackage().getImplementationVersion();
        return version == null ? "unreleased" : version;
    }

    /**
     * Where frames are served.
     *
     * @return the port that was bound
     */
    public int port() {
        return frames.port();
    }

    /**
     * Where the gateway of this process connects.
     *
     * @return a port of loopback; that of all where nothing is encrypted
     */
    public int innerPort() {
        return frames.innerAddress().getPort();
    }

    /**
     * Where the admin pages are.
     *
     * @return the port that was bound, or -1 if there is none
     */
    public int adminPort() {
        return admin == null ? -1 : admin.port();
    }

    /**
     * How sockets are waited for.
     *
     * @return {@code epoll}, {@code io_uring} or {@code nio}
     */
    public String transport() {
        return frames.stack().label();
    }

    /**
     * How many threads answer requests.
     *
     * @return at least 1
     */
    public int workerCount() {
        return frames.workerCount();
    }

    /**
     * The effective configuration.
     *
     * @return with every default filled in
     */
    public ServerConfig config() {
        return condition.config();
    }

    /**
     * What is served.
     *
     * @return the catalogue
     */
    public Catalogue catalogue() {
        return bundles == null ? requireFunnel().catalogue() : bundles.catalogue();
    }

    private Funnel requireFunnel() {
        return Objects.requireNonNull(funnel, "either bundles are served or a funnel");
    }

    /**
     * Serves another bundle without a pause. Each request is answered by one bundle; the one before
     * is closed when its last request is answered.
     *
     * @param bundle its directory
     * @param progress told of the steps
     * @throws MillraceException when it is served already, is damaged, or fails at requests of
     *     late: the one before goes on then; USAGE where the caller's own funnel is served
     */
    public void swap(Path bundle, ProgressListener progress) {
        requireBundles().swap(bundle, progress);
    }

    /**
     * Serves the bundle before again.
     *
     * @param progress told of the steps
     * @throws MillraceException USAGE where there was none; and as {@link #swap}
     */
    public void rollback(ProgressListener progress) {
        requireBundles().rollback(progress);
    }

    /**
     * Writes the state of the bundle that is served as it is at one moment, while requests and
     * changes go on.
     *
     * @param name of a folder that is not there yet, below the key {@code snapshots}
     * @return what was written
     * @throws MillraceException USAGE when there is one of that name or nothing is kept,
     *     UNAVAILABLE when another one is being written or another bundle is on its way, LIMIT when
     *     there is no room
     */
    public StateSnapshot snapshot(String name) {
        return requireBundles().snapshots().take(name);
    }

    /**
     * Serves the same bundle with the state of a snapshot, without a pause. The state before stays
     * where it is, and is not used any more.
     *
     * @param snapshot its folder
     * @param progress told of the steps
     * @return how many changes of the state before are dropped, or {@link
     *     io.millrace.server.state.StateRestore#UNKNOWN}
     * @throws MillraceException when it is damaged or of another bundle: nothing is changed then
     */
    public long restore(Path snapshot, ProgressListener progress) {
        return requireBundles().restore(snapshot, progress);
    }

    private BundleSwap requireBundles() {
        if (bundles == null) {
            throw MillraceException.usage("no bundle is served that another one could follow");
        }
        return bundles;
    }

    /**
     * Heap bytes that the threads serving requests have allocated since they began.
     *
     * @return workers and event loops together
     */
    public long workerAllocatedBytes() {
        return condition.metrics().allocation().bytes();
    }

    /**
     * Heap bytes that the threads serving requests have allocated since the server was ready, for
     * each request answered.
     *
     * @return 0 before the first request
     */
    public double allocatedBytesPerRequest() {
        return condition.allocatedBytesPerRequest();
    }

    /**
     * Recommend, similar, search and rank requests answered with OK.
     *
     * @return so far
     */
    public long requestsServed() {
        return condition.metrics().requestsServed();
    }

    /**
     * Everything counted and timed.
     *
     * @return now
     */
    public ServerStatistics statistics() {
        return condition.statistics();
    }

    /** Stops accepting, answers what is in flight, and closes; does nothing when closed already. */
    @Override
    public synchronized void close() {
        if (isClosed) {
            return;
        }
        isClosed = true;
        condition.stopping();
        if (bundles != null) {
            bundles.stop();
        }
        boolean isIdle = frames.stop();
        if (scrubber != null) {
            scrubber.close();
        }
        closeAdmin(admin);
        condition.close();
        if (!isIdle) {
            LOG.error(
                    "a request hangs, so the bundle is not closed; what was acknowledged is kept");
        } else if (bundles != null) {
            bundles.close();
        }
    }
}
