package io.millrace.cli.console;

import ch.qos.logback.classic.pattern.ThrowableProxyConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxy;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;

/**
 * Why something went wrong, behind the message of a line of the log, as {@code %reason} of {@code
 * logback.xml}: what the exception says where it is about what we were given, on the same line; the
 * stack where it is a defect. As for errors of commands, the stack is always there if {@value
 * ErrorLines#TRACE} is set in the environment.
 */
public final class LogReason extends ThrowableProxyConverter {
    private final boolean isTraced;

    /** Made by the library that logs. */
    public LogReason() {
        this(System.getenv(ErrorLines.TRACE) != null);
    }

    LogReason(boolean isTraced) {
        this.isTraced = isTraced;
    }

    @Override
    public String convert(ILoggingEvent event) {
        IThrowableProxy thrown = event.getThrowableProxy();
        if (thrown == null) {
            return "";
        }
        String stack = System.lineSeparator() + super.convert(event).stripTrailing();
        return isDefect(thrown) ? stack : reason(thrown) + (isTraced ? stack : "");
    }

    private static boolean isDefect(IThrowableProxy thrown) {
        return !(thrown instanceof ThrowableProxy proxy
                && proxy.getThrowable() instanceof MillraceException own
                && own.code() != ErrorCode.INTERNAL);
    }

    private static String reason(IThrowableProxy thrown) {
        return ": " + ErrorLines.oneLine(String.valueOf(thrown.getMessage()));
    }
}
