package io.millrace.core.thread;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Does work on a thread that lets others go first, as far as the system goes along: on Linux its
 * nice value is higher by 5, so a thread that answers a request gets the processor at once, and
 * where all processors are wanted the work has a third of the usual share. Threads that it starts
 * have the same, since the system passes it on, and none may go back.
 *
 * <p>Threading: any thread.
 */
public final class LowPriority {
    private static final int IDLE_S = 60;

    private LowPriority() {}

    /**
     * Does something, and waits for it. An interrupt of the caller is passed on to the work, and
     * the caller stays interrupted.
     *
     * @param name of the thread that does it
     * @param work what to do; what it throws is thrown here
     * @param <T> what comes of it
     * @return what came of it
     */
    public static <T> T call(String name, Supplier<T> work) {
        Worker<T> worker = new Worker<>(name, work);
        worker.setDaemon(true);
        worker.start();
        worker.doWishes();
        return worker.result();
    }

    /**
     * How many threads may share what the caller has to do soon.
     *
     * @return one for each processor; within {@link #call} one, so that others keep theirs
     */
    public static int threads() {
        return Thread.currentThread() instanceof Worker
                ? 1
                : Runtime.getRuntime().availableProcessors();
    }

    /**
     * A thread for work that goes on in the background.
     *
     * @param name of the thread
     * @param work what it does
     * @return not started yet; does not keep the program from ending
     */
    public static Thread newThread(String name, Runnable work) {
        return Thread.ofPlatform()
                .name(name)
                .daemon()
                .unstarted(
                        () -> {
                            NiceValue.raiseOfThisThread();
                            work.run();
                        });
    }

    /**
     * One such thread that does one thing after another, and ends while there is nothing to do.
     *
     * @param name of the thread
     * @param mostWaiting so much may wait, more is rejected
     * @return to be shut down by the caller
     */
    public static ExecutorService newExecutor(String name, int mostWaiting) {
        ThreadPoolExecutor executor =
                new ThreadPoolExecutor(
                        1,
                        1,
                        IDLE_S,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(mostWaiting),
                        work -> newThread(name, work));
        executor.allowCoreThreadTimeOut(true);
        return executor;
    }

    /**
     * Starts a thread that is to have the usual priority, though the caller may be at work within
     * {@link #call}: who waits there starts it.
     *
     * @param thread may go on when the work is done
     */
    public static void start(Thread thread) {
        atUsualPriority(thread::start);
    }

    /**
     * Does something that may start such threads, as a pool does when it is given something to do.
     *
     * @param what to do, which should be short; has returned when this does
     */
    public static void atUsualPriority(Runnable what) {
        if (Thread.currentThread() instanceof Worker<?> worker) {
            worker.wish(what);
        } else {
            what.run();
        }
    }

    /** The thread that works, and what it wants of who waits for it. */
    private static final class Worker<T> extends Thread {
        private final CompletableFuture<T> done = new CompletableFuture<>();
        private final BlockingQueue<Runnable> wishes = new LinkedBlockingQueue<>();
        private final Supplier<T> work;

        Worker(String name, Supplier<T> work) {
            super(name);
            this.work = work;
        }

        @Override
        public void run() {
            try {
                NiceValue.raiseOfThisThread();
                done.complete(work.get());
            } catch (Throwable t) {
                done.completeExceptionally(t);
            }
            // Wakes who waits.
            wishes.add(() -> {});
        }

        /** Has the one who waits do something, and returns when it is done. */
        void wish(Runnable what) {
            try {
                CompletableFuture.runAsync(what, wishes::add).join();
            } catch (CompletionException e) {
                throw asItWas(e);
            }
        }

        /** Until the work is done. */
        void doWishes() {
            boolean isInterrupted = false;
            while (!done.isDone()) {
                try {
                    wishes.take().run();
                } catch (InterruptedException e) {
                    isInterrupted = true;
                    interrupt();
                }
            }
            if (isInterrupted) {
                Thread.currentThread().interrupt();
            }
        }

        T result() {
            try {
                return done.join();
            } catch (CompletionException e) {
                throw asItWas(e);
            }
        }

        private static RuntimeException asItWas(CompletionException e) {
            switch (e.getCause()) {
                case RuntimeException cause -> throw cause;
                case Error cause -> throw cause;
                case null, default -> throw e;
            }
        }
    }
}
