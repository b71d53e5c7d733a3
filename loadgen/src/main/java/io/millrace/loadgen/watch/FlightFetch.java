package io.millrace.loadgen.watch;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * A flight recording that a server makes of itself meanwhile.
 *
 * <p>Threading: waits on {@code millrace-flight-0}; started and asked by one thread.
 */
public final class FlightFetch {
    private final FutureTask<byte[]> recorded;

    private FlightFetch(Callable<byte[]> fetch) {
        this.recorded = new FutureTask<>(fetch);
    }

    /**
     * Has a recording begun.
     *
     * @param pages of the server.
     * @param duration how long it takes.
     * @param slow requests are recorded that take as long.
     * @return to be asked when it is over.
     */
    public static FlightFetch start(AdminPages pages, Duration duration, Duration slow) {
        FlightFetch fetch = new FlightFetch(() -> pages.recording(duration, slow));
        Thread thread = new Thread(fetch.recorded, "millrace-flight-0");
        thread.setDaemon(true);
        thread.start();
        return fetch;
    }

    /**
     * Waits for the end of the recording.
     *
     * @return its bytes.
     * @throws MillraceException UNAVAILABLE when the server refused or was there no more.
     */
    public byte[] await() {
        try {
            return recorded.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof MillraceException own) {
                throw new MillraceException(own.code(), own.getMessage(), e);
            }
            throw new MillraceException(ErrorCode.INTERNAL, "no flight recording", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MillraceException(
                    ErrorCode.UNAVAILABLE, "the flight recording was interrupted: run it again", e);
        }
    }
}
