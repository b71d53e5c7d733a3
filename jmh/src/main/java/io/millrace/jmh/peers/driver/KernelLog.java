package io.millrace.jmh.peers.driver;

import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/**
 * Keeps what a library logs when it chooses its kernels, so that the report shows whether it found
 * the fast ones. Must be made before the library's first class is loaded.
 *
 * <p>Threading: any thread.
 */
final class KernelLog extends Handler {
    private final List<String> messages = new ArrayList<>();

    /** Held, since the log manager alone would forget it and its handler. */
    private final Logger logger;

    private KernelLog(String name) {
        logger = Logger.getLogger(name);
    }

    /**
     * Listens from now on.
     *
     * @param name name of the logger, and of all below it.
     */
    static KernelLog listen(String name) {
        KernelLog log = new KernelLog(name);
        log.logger.addHandler(log);
        return log;
    }

    /** All that was said, or that nothing was. */
    synchronized String text() {
        return messages.isEmpty() ? "unknown" : String.join("; ", messages);
    }

    @Override
    public synchronized void publish(LogRecord record) {
        if (record.getLevel().intValue() >= Level.INFO.intValue()) {
            messages.add(new SimpleFormatter().formatMessage(record));
        }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
}
