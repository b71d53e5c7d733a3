package io.millrace.server.admin;

import io.millrace.server.metrics.RequestEvent;

import jdk.jfr.Configuration;
import jdk.jfr.Recording;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Makes flight recordings of this process on demand, one at a time: what the JDK's own settings
 * record by default, every pause of the Java machine, and requests that took long.
 *
 * <p>Threading: any thread asks; a recording is waited for on {@code millrace-flight-0}.
 */
final class FlightPage {
    static final int MOST_SECONDS = 3_600;

    /** Older parts of a recording go first beyond this. */
    private static final long MOST_BYTES = 64L << 20;

    private static final String[] PAUSES = {
        "jdk.GarbageCollection",
        "jdk.GCPhasePause",
        "jdk.SafepointBegin",
        "jdk.SafepointEnd",
        "jdk.ExecuteVMOperation"
    };

    private final AtomicBoolean isRecording = new AtomicBoolean();

    FlightPage() {}

    /**
     * Begins a recording.
     *
     * @param duration how long it takes
     * @param slow requests are recorded that take as long
     * @param done given the bytes of the recording
     * @param failed given the reason where there are none
     * @return false if there is one already
     */
    boolean record(
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
