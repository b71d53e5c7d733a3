package io.millrace.core.thread;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Something done by another thread while the caller goes on with what does not need it. Where there
 * is one processor, or the caller works in the background ({@link LowPriority}), it is done before
 * the caller goes on.
 *
 * <p>Threading: one thread asks for the result, and closes. Ownership: what the result owns is the
 * caller's, once it was asked for.
 *
 * @param <T> what comes of it.
 */
public final class Aside<T> implements AutoCloseable {
    private final CompletableFuture<T> done = new CompletableFuture<>();

    private Aside() {}

    /**
     * Begins.
     *
     * @param role what is done, for the thread's name.
     * @param work what to do.
     * @param <T> what comes of it.
     * @return to be asked for the {@link #result}, or closed.
     */
    public static <T> Aside<T> begin(String role, Supplier<T> work) {
        Aside<T> aside = new Aside<>();
        if (LowPriority.threads() == 1) {
            aside.run(work);
        } else {
            Thread thread = new Thread(() -> aside.run(work), "millrace-" + role);
            thread.setDaemon(true);
            thread.start();
        }
        return aside;
    }

    private void run(Supplier<T> work) {
        try {
            done.complete(work.get());
        } catch (Throwable t) {
            done.completeExceptionally(t);
        }
    }

    /**
     * Waits for it.
     *
     * @return what came of it; what it threw is thrown here.
     */
    public T result() {
        try {
            return done.join();
        } catch (CompletionException e) {
            switch (e.getCause()) {
                case RuntimeException cause -> throw cause;
                case Error cause -> throw cause;
                case null, default -> throw e;
            }
        }
    }

    /** Waits until it is over, so that what it reads may be freed; it matters no more how. */
    @Override
    public void close() {
        drop(result -> {});
    }

    /**
     * Waits until it is over, when nobody wants the result any more.
     *
     * @param end closes the result, if one has come.
     */
    public void drop(Consumer<T> end) {
        done.thenAccept(end).exceptionally(failure -> null).join();
    }
}
