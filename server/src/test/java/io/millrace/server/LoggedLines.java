package io.millrace.server;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;

import org.slf4j.LoggerFactory;

import java.util.List;

/** What a class says in the log until this is closed. */
public final class LoggedLines implements AutoCloseable {
    private final Logger log;
    private final ListAppender<ILoggingEvent> said = new ListAppender<>();

    private LoggedLines(Logger log) {
        this.log = log;
        said.start();
        log.addAppender(said);
    }

    public static LoggedLines of(Class<?> type) {
        return of(type.getName());
    }

    /** Of a class that can't be seen here. */
    public static LoggedLines of(String name) {
        return new LoggedLines((Logger) LoggerFactory.getLogger(name));
    }

    public List<String> lines() {
        return said.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    @Override
    public void close() {
        log.detachAppender(said);
    }
}
