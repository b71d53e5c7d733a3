package io.millrace.jmh.peers;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;

import io.millrace.core.error.MillraceException;
import io.millrace.jmh.peers.driver.PointLine;

import org.jspecify.annotations.Nullable;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Builds the indexes of all engines one after another, then measures them in turn, so that each
 * round of all of them falls into the same few minutes. One that fails is left out from there on;
 * what was measured before is kept.
 *
 * <p>Threading: one thread, and one driver at work at a time.
 */
final class Comparison {
    private final PeerPlan plan;
    private final PeerData data;
    private final PrintWriter progress;
    private final List<Entry> entries = new ArrayList<>();

    private Comparison(PeerPlan plan, PeerData data, PrintWriter progress) {
        this.plan = plan;
        this.data = data;
        this.progress = progress;
    }

    /** An engine, its driver while that is well, and what was measured. */
    private static final class Entry {
        private final Peer peer;
        private final PeerRun run;
        private @Nullable PeerProcess process;

        Entry(Peer peer) {
            this.peer = peer;
            run = new PeerRun(peer.name());
        }
    }

    /**
     * Compares.
     *
     * @param progress told in a line what is being done.
     * @return one for each peer, in their order.
     */
    static List<PeerRun> run(PeerPlan plan, PeerData data, List<Peer> peers, PrintWriter progress) {
        Comparison comparison = new Comparison(plan, data, progress);
        try {
            for (Peer peer : peers) {
                comparison.build(peer);
            }
            for (Entry entry : comparison.entries) {
                comparison.warmUp(entry);
            }
            for (int round = 1; round <= plan.rounds(); round++) {
                comparison.measure(round);
            }
            return comparison.entries.stream().map(entry -> entry.run).toList();
        } finally {
            comparison.entries.forEach(comparison::end);
        }
    }

    private void build(Peer peer) {
        Entry entry = new Entry(peer);
        entries.add(entry);
        say("build %s", peer.name());
        Path log = plan.out().resolve(peer.name() + ".log");
        attempt(
                entry,
                () -> {
                    PeerProcess process = PeerProcess.start(peer, log);
                    entry.process = process;
                    entry.run.built(process.built());
                    say("built %s: %.1f s", peer.name(), process.built().buildSeconds());
                });
    }

    private void warmUp(Entry entry) {
        for (int i = 0; i < entry.peer.warmUps(); i++) {
            PeerProcess process = entry.process;
            if (process != null) {
                say("warm up %s", entry.peer.name());
                attempt(entry, () -> process.sweep(plan.ef(), point -> {}));
            }
        }
        PeerProcess process = entry.process;
        if (process != null) {
            entry.run.memory(process.memory());
        }
    }

    /** Each round begins with another engine. */
    private void measure(int round) {
        for (int i = 0; i < entries.size(); i++) {
            Entry entry = entries.get((i + round - 1) % entries.size());
            PeerProcess process = entry.process;
            if (process != null) {
                say("round %d of %d: %s", round, plan.rounds(), entry.peer.name());
                attempt(entry, () -> measure(round, entry.run, process));
            }
        }
    }

    private void measure(int round, PeerRun run, PeerProcess process) {
        List<PointLine> lines = new ArrayList<>();
        try {
            process.sweep(plan.ef(), lines::add);
        } finally {
            // Judged when the driver rests, not beside its next effort.
            for (PointLine line : lines) {
                run.add(
                        new PeerRun.Point(
                                round,
                                line.ef(),
                                data.recall(process.answers(line.ef())),
                                line.queriesPerSecond()));
            }
        }
    }

    private void attempt(Entry entry, Runnable step) {
        try {
            step.run();
        } catch (MillraceException e) {
            entry.run.fail(e.getMessage());
            say("%s", e.getMessage());
            end(entry);
        }
    }

    private void end(Entry entry) {
        PeerProcess process = entry.process;
        if (process != null) {
            entry.process = null;
            process.close();
        }
    }

    @FormatMethod
    private void say(@FormatString String format, Object... values) {
        progress.println("peers: " + String.format(Locale.ROOT, format, values));
        progress.flush();
    }
}
