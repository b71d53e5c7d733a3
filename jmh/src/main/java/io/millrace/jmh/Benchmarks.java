package io.millrace.jmh;

import io.millrace.jmh.growth.GrowthReport;
import io.millrace.jmh.peers.ComparePeers;
import io.millrace.jmh.results.ResultsReport;
import io.millrace.jmh.tuning.TuningReport;

import java.io.IOException;
import java.util.Arrays;

/**
 * Starts JMH, or where the first word is {@code peers} the comparison with peers, where it is
 * {@code growth} the report of how cost grows, where it is {@code results} the table of a run of
 * JMH, where it is {@code tuning} the report of what settings do.
 */
public final class Benchmarks {
    private Benchmarks() {}

    /**
     * Runs one of them.
     *
     * @param words the command line.
     * @throws IOException when JMH can't read or write.
     */
    public static void main(String[] words) throws IOException {
        String[] rest = Arrays.copyOfRange(words, Math.min(1, words.length), words.length);
        switch (words.length == 0 ? "" : words[0]) {
            case "peers" -> ComparePeers.main(rest);
            case "growth" -> GrowthReport.main(rest);
            case "results" -> ResultsReport.main(rest);
            case "tuning" -> TuningReport.main(rest);
            default -> org.openjdk.jmh.Main.main(words);
        }
    }
}
