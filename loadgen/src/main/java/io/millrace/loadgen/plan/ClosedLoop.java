package io.millrace.loadgen.plan;

import io.millrace.core.error.MillraceException;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Loads whose requests are sent by answers: always as many under way, none meant to start at any
 * moment. A server that is slow is asked less, so that such a load has no latencies of the requests
 * that would have come meanwhile; whatever tells of one says so by {@link #label}.
 */
public final class ClosedLoop {
    /** What a server reads from a connection before some of it is answered. */
    public static final int MOST_A_CONNECTION = 128;

    private static final Pattern LABEL = Pattern.compile("closed loop: (\\d{1,7}) under way");

    private ClosedLoop() {}

    /** Checks that there are as many as connections, and no more than servers read from them. */
    static void validate(int underWay, int connections) {
        long most = (long) connections * MOST_A_CONNECTION;
        if (underWay < connections) {
            throw MillraceException.usage(
                    "a closed loop of fewer requests than connections: underWay=%d,"
                            + " connections=%d; open fewer, or have more under way",
                    underWay, connections);
        }
        if (underWay > most) {
            throw MillraceException.usage(
                    "a closed loop of more requests than servers read: underWay=%d, limit=%d"
                            + " (%d a connection); open more connections",
                    underWay, most, MOST_A_CONNECTION);
        }
    }

    /**
     * What to say wherever latencies of such a load are shown.
     *
     * @param underWay how many requests there always are.
     * @return one line.
     */
    public static String label(int underWay) {
        return String.format(
                Locale.ROOT,
                "%s; latencies leave out the time that requests would have waited (coordinated"
                        + " omission)",
                name(underWay));
    }

    /**
     * The same where there is little room.
     *
     * @param underWay how many requests there always are.
     * @return as in {@code closed loop: 8 under way}.
     */
    public static String name(int underWay) {
        return "closed loop: " + underWay + " under way";
    }

    /**
     * How many are under way where a text says so.
     *
     * @param text that may hold a label.
     * @return nothing where it holds none.
     */
    public static Optional<Integer> find(String text) {
        Matcher matcher = LABEL.matcher(text);
        return matcher.find() ? Optional.of(Integer.valueOf(matcher.group(1))) : Optional.empty();
    }
}
