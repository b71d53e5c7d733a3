package io.millrace.jmh.peers;

import io.millrace.core.error.MillraceException;
import io.millrace.jmh.peers.driver.Engine;
import io.millrace.jmh.peers.driver.Space;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;

/**
 * What is compared, and how.
 *
 * @param data folder of vectors, or null to simulate some.
 * @param mostRows use no more rows.
 * @param mostQueries use no more queries.
 * @param space how near vectors are.
 * @param k neighbours asked for.
 * @param ef efforts to measure, ascending.
 * @param recalls where speeds are compared.
 * @param rounds how often every engine is measured.
 * @param leastSeconds how long each effort is measured at least, in each round.
 * @param engines what is compared.
 * @param hnswlib the compiled driver of hnswlib; null only where that is left out.
 * @param out folder for results and logs.
 */
record PeerPlan(
        @Nullable Path data,
        int mostRows,
        int mostQueries,
        Space space,
        int k,
        List<Integer> ef,
        List<Double> recalls,
        int rounds,
        double leastSeconds,
        List<Engine> engines,
        @Nullable Path hnswlib,
        Path out) {
    /** Threads of every build. */
    static final int BUILD_THREADS = 2;

    /** Refuses what can't be compared. */
    PeerPlan {
        ef = ef.stream().sorted().distinct().toList();
        recalls = List.copyOf(recalls);
        engines = List.copyOf(engines);
        check("--rows", mostRows, 2, Integer.MAX_VALUE);
        check("--queries", mostQueries, 1, Integer.MAX_VALUE);
        check("--k", k, 1, 1_000);
        check("--rounds", rounds, 1, 1_000);
        for (int each : ef) {
            check("--ef", each, k, 100_000);
        }
        for (double recall : recalls) {
            if (!(recall > 0 && recall <= 1)) {
                throw MillraceException.usage(
                        "no such recall: --recalls=%s, limit=above 0 to 1; change --recalls",
                        recall);
            }
        }
        if (!(leastSeconds >= 0 && leastSeconds <= 600)) {
            throw MillraceException.usage(
                    "out of range: --seconds=%s, limit=0 to 600; change --seconds", leastSeconds);
        }
        if (new HashSet<>(engines).size() < engines.size()) {
            throw MillraceException.usage(
                    "an engine twice: --only=%s; name each once",
                    engines.stream().map(Engine::label).toList());
        }
        if (engines.contains(Engine.HNSWLIB) && hnswlib == null) {
            throw MillraceException.usage(
                    "no driver of hnswlib: give --hnswlib FILE, as jmh/peers/run.sh does, or leave"
                            + " it out with --only");
        }
    }

    private static void check(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw MillraceException.usage(
                    "out of range: %s=%d, limit=%d to %d; change %s",
                    name, value, least, most, name);
        }
    }
}
