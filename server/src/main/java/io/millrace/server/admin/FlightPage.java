package io.millrace.server.admin;

import io.millrace.server.http.HttpAnswer;
import io.millrace.server.http.HttpCall;
import io.millrace.server.http.Route;
import io.millrace.server.metrics.RequestEvent;
import io.millrace.server.security.tokens.Permission;

import jdk.jfr.Configuration;
import jdk.jfr.Recording;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * The page {@code /flight}: makes flight recordings of this process on demand, one at a time: what
 * the JDK's own settings record by default, every pause of the Java machine, and requests that took
 * long.
 *
 * <p>Threading: any thread asks; a recording is waited for on {@code millrace-flight-0}.
 */
final class FlightPage {
    private static final Logger LOG = LoggerFactory.getLogger(FlightPage.class);
    private static final String BYTES = "application/octet-stream";
    private static final int MOST_SECONDS = 3_600;

    /** Older parts of a recording go first beyond this. */
    private static final long MOST_BYTES = 64L << 20;

    private static final String[] PAUSES = {
        "jdk.GarbageCollection",
        "jdk.GCPhasePause",
        "jdk.SafepointBegin",
        "jdk.SafepointEnd",
        "jdk.ExecuteVMOperation"
    };

    private static final double MS_PER_SECOND = 1e3;
    private static final double NS_PER_MS = 1e6;
    private static final double USUAL = 10;

    private final LaterAnswers later;
    private final AtomicBoolean isRecording = new AtomicBoolean();

    /** The page. */
    FlightPage(LaterAnswers later) {
        this.later = later;
    }

    Route route() {
        return new Route("GET", "/flight", Permission.ADMIN, this::answer);
    }

    /** Answers when the recording is over. */
    private void answer(HttpCall call, Consumer<HttpAnswer> reply) {
        double seconds = number(call, "seconds");
        double slowMs = number(call, "slow_ms");
        if (!(seconds > 0 && seconds <= MOST_SECONDS && slowMs >= 0)) {
            reply.accept(
                    HttpAnswer.error(
                            400,
                            "BAD_REQUEST",
                            "say how long, up to an hour, and which requests are slow:"
                                    + " /flight?seconds=10&slow_ms=5"));
            return;
        }
        boolean isBegun =
                record(
                        Duration.ofMillis(Math.round(seconds * MS_PER_SECOND)),
                        Duration.ofNanos(Math.round(slowMs * NS_PER_MS)),
                        bytes -> later.give(reply, HttpAnswer.bytes(200, BYTES, bytes)),
                        failure -> {
                            LOG.error("flight recording failed", failure);
                            later.give(reply, HttpAnswer.internalError());
                        });
        if (!isBegun) {
            reply.accept(
                    HttpAnswer.error(
                            409, "CONFLICT", "there is a recording already; wait for its end"));
        }
    }

    private static double number(HttpCall call, String name) {
        List<String> given = call.query().get(name);
        try {
            return given == null ? USUAL : Double.parseDouble(String.join(",", given));
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }

    /**
     * Begins a recording.
     *
     * @param duration how long it takes
     * @param slow requests are recorded that take as long
     * @param done given the bytes of the recording
     * @param failed given the reason where there are none
     * @return false if there is one already
     */
    private boolean record(
            Duration duration, Duration slow, Consumer<byte[]> done, Consumer<Exception> failed) {
        if (!isRecording.compareAndSet(false, true)) {
            return false;
        }
        Thread thread =
                new Thread(() -> recordAndTell(duration, slow, done, failed), "millrace-flight-0");
        thread.setDaemon(true);
        thread.start();
        return true;
    }

    private void recordAndTell(
            Duration duration, Duration slow, Consumer<byte[]> done, Consumer<Exception> failed) {
        byte[] recorded;
        try {
            recorded = record(duration, slow);
        } catch (IOException | ParseException | RuntimeException e) {
            failed.accept(e);
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failed.accept(e);
            return;
        } finally {
            isRecording.set(false);
        }
        done.accept(recorded);
    }

    private static byte[] record(Duration duration, Duration slow)
            throws IOException, ParseException, InterruptedException {
        Path file = Files.createTempFile("millrace-flight-", ".jfr");
        try (Recording recording = new Recording(Configuration.getConfiguration("default"))) {
            recording.setMaxSize(MOST_BYTES);
            for (String pause : PAUSES) {
                recording.enable(pause).withoutThreshold();
            }
            // Whoever starts a server may have a token of his own there.
            recording.disable("jdk.InitialEnvironmentVariable");
            recording.enable(RequestEvent.NAME).withThreshold(slow);
            recording.start();
            Thread.sleep(duration);
            recording.stop();
            recording.dump(file);
            return Files.readAllBytes(file);
        } finally {
            Files.deleteIfExists(file);
        }
    }
}
