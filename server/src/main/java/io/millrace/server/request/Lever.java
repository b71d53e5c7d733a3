package io.millrace.server.request;

import io.millrace.core.HotPath;

import java.util.Locale;

/**
 * What may be given up to answer in time, in the order in which it is: first what costs the least
 * quality for the time that it saves (docs/decisions/0048). At level 0 nothing is given up, at each
 * level one more; what is given up does nothing to a request that would not have had it.
 */
@HotPath
public enum Lever {
    /** Only the head of the candidates, chosen by the light ranker, is ranked by the full one. */
    SHALLOW_RANKING(0, 1 << 2),
    /** Fewer candidates are retrieved. */
    FEWER_CANDIDATES(1, 1 << 1),
    /** The breadth of the vector search is lower. */
    NARROW_SEARCH(2, 1),
    /** The light ranker alone ranks. */
    LIGHT_RANKING(3, 1 << 5);

    private static final Lever[] ALL = values();

    private final int index;
    private final int bit;
    private final String label;

    Lever(int index, int bit) {
        this.index = index;
        this.bit = bit;
        this.label = name().toLowerCase(Locale.ROOT);
    }

    /**
     * Place in arrays.
     *
     * @return 0 to {@link #count()} - 1
     */
    public int index() {
        return index;
    }

    /**
     * Its bit of {@code DegradedFlags} on the wire.
     *
     * @return one bit
     */
    public int bit() {
        return bit;
    }

    /**
     * Name in metrics.
     *
     * @return lower case
     */
    public String label() {
        return label;
    }

    /**
     * Whether it is among what was given up.
     *
     * @param bits as on the wire
     * @return true where it is
     */
    public boolean isIn(int bits) {
        return (bits & bit) != 0;
    }

    /**
     * How many levels there are.
     *
     * @return one more than there are levers
     */
    public static int levels() {
        return ALL.length + 1;
    }

    /**
     * What is given up at a level.
     *
     * @param level 0 to {@link #levels()} - 1
     * @return bits as on the wire
     */
    public static int givenUpAt(int level) {
        int bits = 0;
        for (int i = 0; i < level; i++) {
            bits |= ALL[i].bit;
        }
        return bits;
    }

    /**
     * The lever at a place.
     *
     * @param index its place
     * @return the lever
     */
    public static Lever at(int index) {
        return ALL[index];
    }

    /**
     * How many levers there are.
     *
     * @return the length of an array by lever
     */
    public static int count() {
        return ALL.length;
    }
}
