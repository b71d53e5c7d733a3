package io.millrace.server.admin;

import io.millrace.core.error.MillraceException;
import io.millrace.core.metrics.ProcessUsage;
import io.millrace.ranker.feedback.EventRates;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.gateway.FrameDoor;
import io.millrace.server.metrics.Gauge;
import io.millrace.server.metrics.RefusalCounters;
import io.millrace.server.metrics.ServerStatistics;
import io.millrace.server.security.ServerSecurity;

import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.List;

/**
 * Where the admin port takes its answers from.
 *
 * <p>Threading: called at any time, by the admin thread and by the one that makes pages.
 */
public interface AdminSource {
    /**
     * Whether to send requests.
     *
     * @return now
     */
    Readiness readiness();

    /**
     * What was counted and timed.
     *
     * @return now
     */
    ServerStatistics statistics();

    /**
     * What the process has used of its machine.
     *
     * @return since its begin
     */
    ProcessUsage usage();

    /**
     * Stalls of the machine or the virtual machine.
     *
     * @return a copy, in nanoseconds
     */
    Histogram hiccups();

    /**
     * What else is measured.
     *
     * @return now
     */
    List<Gauge> gauges();

    /**
     * Requests over HTTP that are refused before they become a frame.
     *
     * @return to count
     */
    RefusalCounters httpRefusals();

    /**
     * What guards the ports.
     *
     * @return the same at any time
     */
    ServerSecurity security();

    /**
     * How an item is doing lately.
     *
     * @param itemId the item
     * @return the rates of all items, of this one and of its kind; empty if there is none
     */
    List<EventRates> rates(long itemId);

    /**
     * Which bundle is served, and how a change to another one goes.
     *
     * @return now
     * @throws MillraceException UNAVAILABLE where no bundle is served yet
     */
    BundleStatus bundle();

    /**
     * Begins to serve another bundle; {@link #bundle} tells what comes of it.
     *
     * @param directory of the bundle
     * @throws MillraceException UNAVAILABLE where another one is on its way
     */
    void beginSwap(Path directory);

    /**
     * Begins to serve the bundle before again; {@link #bundle} tells what comes of it.
     *
     * @throws MillraceException UNAVAILABLE where another one is on its way
     */
    void beginRollback();

    /**
     * How the last snapshot of the state went, or goes.
     *
     * @return now
     * @throws MillraceException UNAVAILABLE where no bundle is served yet
     */
    SnapshotStatus snapshot();

    /**
     * Begins to take a snapshot of the state; {@link #snapshot} tells what comes of it.
     *
     * @param name of it
     * @throws MillraceException UNAVAILABLE where another one is written or a bundle is on its way
     */
    void beginSnapshot(String name);

    /**
     * Begins to serve the same bundle with the state of a snapshot; {@link #bundle} tells what
     * comes of it.
     *
     * @param name of the snapshot
     * @throws MillraceException UNAVAILABLE where something else is done to the bundle
     */
    void beginRestore(String name);

    /**
     * The effective configuration.
     *
     * @return with every default filled in
     */
    ServerConfig config();

    /**
     * Where frames are served.
     *
     * @return null while the server starts or stops
     */
    @Nullable FrameDoor frames();
}
