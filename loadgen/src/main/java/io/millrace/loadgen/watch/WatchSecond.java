package io.millrace.loadgen.watch;

import io.millrace.core.metrics.Figures;
import io.millrace.core.metrics.ProcessUsage;

/**
 * About a second of a run, as both processes saw it; what the server did not tell is NaN.
 *
 * @param endSeconds end of it: since 1970 when it is taken, since the measured part began in a
 *     report.
 * @param generatorCpu processors that the generator kept busy.
 * @param serverCpu processors that the server kept busy.
 * @param generatorStolen processors that the host of the generator's machine gave to others.
 * @param serverStolen processors that the host of the server's machine gave to others.
 * @param serverHiccupUs longest hiccup of the server's machine.
 * @param serverRefused requests that the server refused.
 */
public record WatchSecond(
        double endSeconds,
        double generatorCpu,
        double serverCpu,
        double generatorStolen,
        double serverStolen,
        double serverHiccupUs,
        double serverRefused) {
    private static final double MS_PER_SECOND = 1e3;
    private static final double NS_PER_US = 1e3;

    static WatchSecond between(WatchSample before, WatchSample after) {
        double seconds = Math.max(1, after.atMs() - before.atMs()) / MS_PER_SECOND;
        double end = after.atMs() / MS_PER_SECOND;
        ProcessUsage generator = after.generator().since(before.generator());
        ServerPage old = before.server();
        ServerPage now = after.server();
        if (old == null || now == null || !now.follows(old)) {
            return new WatchSecond(
                    end,
                    generator.cpuSeconds() / seconds,
                    Double.NaN,
                    generator.stolenSeconds() / seconds,
                    Double.NaN,
                    Double.NaN,
                    Double.NaN);
        }
        ProcessUsage server = now.usage().since(old.usage());
        return new WatchSecond(
                end,
                generator.cpuSeconds() / seconds,
                server.cpuSeconds() / seconds,
                generator.stolenSeconds() / seconds,
                server.stolenSeconds() / seconds,
                now.longestHiccupSince(old) / NS_PER_US,
                now.refused() - old.refused());
    }

    WatchSecond since(long startMs) {
        return new WatchSecond(
                endSeconds - startMs / MS_PER_SECOND,
                generatorCpu,
                serverCpu,
                generatorStolen,
                serverStolen,
                serverHiccupUs,
                serverRefused);
    }

    /**
     * What hosts took: of the one machine that both share, or of the one that lost more.
     *
     * @return processors.
     */
    public double stolen() {
        return Double.isNaN(serverStolen)
                ? generatorStolen
                : Math.max(generatorStolen, serverStolen);
    }

    Figures figures() {
        return new Figures()
                .put("end_s", endSeconds)
                .put("generator.cpu", generatorCpu)
                .put("server.cpu", serverCpu)
                .put("generator.stolen", generatorStolen)
                .put("server.stolen", serverStolen)
                .put("server.hiccup_us", serverHiccupUs)
                .put("server.refused", serverRefused);
    }
}
