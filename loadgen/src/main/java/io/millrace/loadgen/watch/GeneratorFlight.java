package io.millrace.loadgen.watch;

import io.millrace.core.error.MillraceException;
import io.millrace.core.file.AtomicFile;

import jdk.jfr.Configuration;
import jdk.jfr.Recording;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.text.ParseException;

/**
 * A flight recording that the generator makes of itself while a load runs: what the JDK's own
 * settings record by default, every collection of garbage and every safepoint.
 *
 * <p>Threading: one thread. Ownership: closing it ends the recording, and drops what was not
 * written.
 */
public final class GeneratorFlight implements AutoCloseable {
    /** Older parts of a recording go first beyond this. */
    private static final long MOST_BYTES = 64L << 20;

    private static final String[] PAUSES = {
        "jdk.GarbageCollection",
        "jdk.GCPhasePause",
        "jdk.SafepointBegin",
        "jdk.SafepointEnd",
        "jdk.ExecuteVMOperation"
    };

    private final Recording recording;

    private GeneratorFlight(Recording recording) {
        this.recording = recording;
    }

    /**
     * Begins a recording of this process.
     *
     * @param file where it will go, for the message of an error.
     * @return to be written and closed.
     * @throws MillraceException IO where this Java machine makes none.
     */
    public static GeneratorFlight start(Path file) {
        try {
            Recording recording = new Recording(Configuration.getConfiguration("default"));
            recording.setMaxSize(MOST_BYTES);
            for (String pause : PAUSES) {
                recording.enable(pause).withoutThreshold();
            }
            // Whoever starts a load may have a token of his own there.
            recording.disable("jdk.InitialEnvironmentVariable");
            recording.start();
            return new GeneratorFlight(recording);
        } catch (IOException e) {
            throw MillraceException.io("begin a flight recording", file, e);
        } catch (ParseException e) {
            throw MillraceException.io("begin a flight recording", file, new IOException(e));
        }
    }

    /**
     * Ends the recording, and writes all of it or nothing.
     *
     * @param file where to.
     * @throws MillraceException IO when the system refuses; what was there before is untouched.
     */
    public void writeTo(Path file) {
        recording.stop();
        AtomicFile.write(
                file,
                out -> {
                    try (InputStream recorded = recording.getStream(null, null)) {
                        if (recorded == null) {
                            throw new IOException("nothing was recorded");
                        }
                        recorded.transferTo(out);
                    }
                });
    }

    @Override
    public void close() {
        recording.close();
    }
}
