package io.millrace.jmh.peers;

import io.millrace.jmh.peers.driver.BuiltLine;
import io.millrace.jmh.peers.driver.Engine;
import io.millrace.jmh.peers.driver.Space;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.List;

/** Plans and results to test with. */
final class PeerSamples {
    private PeerSamples() {}

    /** A plan for two efforts and three rounds. */
    static PeerPlan plan(@Nullable Path data, Space space, int mostRows, Path out) {
        return new PeerPlan(
                data,
                mostRows,
                Integer.MAX_VALUE,
                space,
                10,
                List.of(10, 20),
                List.of(0.9),
                3,
                0,
                List.of(Engine.MILLRACE),
                null,
                out);
    }

    /** An engine with one point for each pair of recall and speed. */
    static PeerRun run(String name, double buildSeconds, double... recallsAndSpeeds) {
        PeerRun run = new PeerRun(name);
        run.built(new BuiltLine("1.0", "none", 1_000, buildSeconds, 512));
        run.memory(new ProcessMemory(2_000, 1_500));
        for (int i = 0; i < recallsAndSpeeds.length; i += 2) {
            run.add(new PeerRun.Point(1, 10 + i, recallsAndSpeeds[i], recallsAndSpeeds[i + 1]));
        }
        return run;
    }
}
