package io.millrace.cli.demo;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Tells which part of a demo is done, and keeps how long each took. */
final class WorkClock {
    private static final double NS_PER_SECOND = 1e9;

    private final PrintWriter err;
    private final List<Part> parts = new ArrayList<>();
    private final long startNs = System.nanoTime();

    WorkClock(PrintWriter err) {
        this.err = err;
    }

    /** A part that is done. */
    record Part(String name, double seconds) {}

    <T> T time(String name, String announcement, Supplier<T> work) {
        err.println(announcement);
        long beganNs = System.nanoTime();
        T result = work.get();
        parts.add(new Part(name, (System.nanoTime() - beganNs) / NS_PER_SECOND));
        // What the part held is garbage now, and the next one needs the room.
        System.gc();
        return result;
    }

    List<Part> parts() {
        return List.copyOf(parts);
    }

    double totalSeconds() {
        return (System.nanoTime() - startNs) / NS_PER_SECOND;
    }
}
