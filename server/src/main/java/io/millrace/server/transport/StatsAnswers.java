package io.millrace.server.transport;

import io.millrace.core.thread.LowPriority;
import io.millrace.core.wire.FrameLayout;
import io.millrace.core.wire.codec.MessageHeaderEncoder;
import io.millrace.core.wire.codec.StatsResponseEncoder;
import io.millrace.server.metrics.MetricSamples;

import org.agrona.ExpandableArrayBuffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/**
 * Answers frames that ask for what was counted. Gathering it takes milliseconds and allocates, so
 * it is done by a thread of its own that lets those go first that answer requests.
 *
 * <p>Threading: any thread may ask or end.
 */
final class StatsAnswers {
    private static final Logger LOG = LoggerFactory.getLogger(StatsAnswers.class);
    private static final int MOST_WAITING = 64;
    private static final int INITIAL_BYTES = 32 << 10;

    private final Supplier<MetricSamples> source;
    private final ExecutorService thread =
            LowPriority.newExecutor("millrace-stats-0", MOST_WAITING);

    StatsAnswers(Supplier<MetricSamples> source) {
        this.source = source;
    }

    /**
     * Begins to make an answer, which {@link IoLane#complete} is given on its event loop.
     *
     * @return false where too many wait already, or the server has ended
     */
    boolean begin(IoLane lane, Connection connection, long correlationId, long fingerprint) {
        try {
            thread.execute(
                    () -> {
                        ByteBuffer frame = made(correlationId, fingerprint);
                        lane.later(() -> lane.complete(connection, frame, correlationId));
                    });
            return true;
        } catch (RejectedExecutionException full) {
            return false;
        }
    }

    /** A frame, or null where it could not be made. */
    private @Nullable ByteBuffer made(long correlationId, long fingerprint) {
        try {
            return write(source.get(), correlationId, fingerprint);
        } catch (RuntimeException e) { // Whoever asked waits for an answer.
            LOG.error("statistics could not be gathered", e);
            return null;
        }
    }

    /** A {@code StatsResponse}, the whole frame. */
    static ByteBuffer write(MetricSamples metrics, long correlationId, long fingerprint) {
        ExpandableArrayBuffer buffer = new ExpandableArrayBuffer(INITIAL_BYTES);
        StatsResponseEncoder frame = new StatsResponseEncoder();
        List<MetricSamples.Sample> samples = metrics.samples();
        StatsResponseEncoder.SamplesEncoder group =
                frame.wrapAndApplyHeader(
                                buffer, FrameLayout.HEADER_OFFSET, new MessageHeaderEncoder())
                        .correlationId(correlationId)
                        .fingerprint(fingerprint)
                        .uptimeNs(metrics.uptimeNs())
                        .samplesCount(samples.size());
        samples.forEach(sample -> group.next().value(sample.value()).name(sample.name()));
        int bytes = FrameLayout.finish(buffer, 0, frame.encodedLength(), FrameLayout.WISH_VERSION);
        return ByteBuffer.wrap(buffer.byteArray(), 0, bytes);
    }

    /** Who still waits gets no answer any more. */
    void end() {
        thread.shutdownNow();
    }
}
