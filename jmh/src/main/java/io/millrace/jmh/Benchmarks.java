package io.millrace.jmh;

import io.millrace.jmh.peers.ComparePeers;

import java.io.IOException;
import java.util.Arrays;

/** Starts JMH, or the comparison with peers where the first word is {@code peers}. */
public final class Benchmarks {
    private Benchmarks() {}

    /**
     * Runs one or the other.
     *
     * @param words the command line.
     * @throws IOException when JMH can't read or write.
     */
    public static void main(String[] words) throws IOException {
        if (words.length > 0 && words[0].equals("peers")) {
            ComparePeers.main(Arrays.copyOfRange(words, 1, words.length));
        } else {
            org.openjdk.jmh.Main.main(words);
        }
    }
}
