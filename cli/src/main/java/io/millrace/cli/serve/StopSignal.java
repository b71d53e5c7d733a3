package io.millrace.cli.serve;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.InvocationTargetException;
import java.util.concurrent.CountDownLatch;

/**
 * Waits for the wish to stop (SIGTERM, SIGINT) in a way that lets the program end in its own time
 * and with its own exit code. A second signal ends it at once.
 *
 * <p>The JVM's own answer to these signals is to run the shutdown hooks and to exit with 128 and
 * the number of the signal, which a supervisor takes for a failure. {@code sun.misc.Signal} is the
 * only other way; it is reached by reflection because the compiler warns of it in any other.
 *
 * <p>Threading: any thread.
 */
final class StopSignal {
    private static final String[] NAMES = {"TERM", "INT"};
    private static final int KILLED = 130;

    private final CountDownLatch wanted = new CountDownLatch(1);

    private StopSignal() {}

    /** Takes the signals over. */
    static StopSignal install() {
        StopSignal stop = new StopSignal();
        try {
            Class<?> signals = Class.forName("sun.misc.Signal");
            Class<?> handlers = Class.forName("sun.misc.SignalHandler");
            MethodHandle onSignal =
                    MethodHandles.lookup()
                            .bind(stop, "onSignal", MethodType.methodType(void.class));
            Object handler =
                    MethodHandleProxies.asInterfaceInstance(
                            handlers, MethodHandles.dropArguments(onSignal, 0, signals));
            for (String name : NAMES) {
                Object signal = signals.getConstructor(String.class).newInstance(name);
                signals.getMethod("handle", signals, handlers).invoke(null, signal, handler);
            }
        } catch (InvocationTargetException e) {
            // Started with -Xrs, or without such a signal: the JVM's own way has to do.
            return stop;
        } catch (ReflectiveOperationException e) {
            throw new MillraceException(ErrorCode.INTERNAL, "cannot take over signals", e);
        }
        return stop;
    }

    /** Called by the JVM, by name, on a thread of its own. */
    void onSignal() {
        if (wanted.getCount() == 0) {
            Runtime.getRuntime().halt(KILLED);
        }
        wanted.countDown();
    }

    /** Waits until the program is wished to stop. */
    void await() {
        try {
            wanted.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
