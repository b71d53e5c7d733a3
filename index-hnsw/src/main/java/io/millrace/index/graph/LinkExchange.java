package io.millrace.index.graph;

/**
 * Finds the link of a full list that a newcomer takes the place of: the one that {@link
 * LinkSelector} would leave out if it chose among all of them anew. To choose is to compare the
 * links with each other; but of those in the list it is known in which round they were taken
 * ({@link LinkGrades}), so that the newcomer alone is compared:
 *
 * <ol>
 *   <li>It is taken in the first round in which none of those taken before it is too near to it.
 *   <li>Links that were taken after it and are too near to it fall back to later rounds.
 *   <li>Whoever comes last in the last round has no place. What was chosen before the last one did
 *       not depend on it.
 * </ol>
 *
 * <p>A link that fell back may have kept out others, which would now be taken in an earlier round;
 * they keep theirs, until the list is chosen anew for another reason.
 *
 * <p>Threading: the writer. Allocation: none after construction.
 */
final class LinkExchange {
    /** The newcomer comes last itself. */
    static final int NOT_WANTED = -1;

    /** Links to the dead go before all others, and keep nobody out. */
    private static final int DEAD = LinkSelector.LAST_ROUND + 1;

    private final LiveGraph live;
    private final RowSpace space;
    private final LinkCounts counts;
    private final LinkGrades grades;
    private final float[] row;
    private final float[] distances;

    /** Links by their distance from the node, and how far each is from the newcomer. */
    private final long[] keys;

    private final float[] gaps;
    private final int[] rounds;
    private final int[] places;
    private int count;

    LinkExchange(LiveGraph live, LinkCounts counts) {
        this.live = live;
        this.counts = counts;
        space = live.space();
        int capacity = live.graph().capacity(0);
        grades = new LinkGrades(live.slots(), capacity);
        row = new float[space.paddedDimension()];
        distances = new float[capacity];
        keys = new long[capacity];
        gaps = new float[capacity];
        rounds = new int[capacity];
        places = new int[capacity];
    }

    /** Whether a list is one that it can tell the place for. */
    boolean knows(int node) {
        return grades.areKnown(node);
    }

    /** Forgets what it knew of a list, which was changed in another way than by a choice. */
    void forget(int node) {
        grades.forget(node);
    }

    /** Notes in which rounds the links of a list were chosen, wherever they stand in it now. */
    void note(int node, int[] chosen, int[] chosenRounds, int chosenCount) {
        live.graph().linksInto(node, 0, places);
        grades.forget(node);
        for (int place = 0; place < chosenCount; place++) {
            int rank = 0;
            while (chosen[rank] != places[place]) {
                rank++;
            }
            grades.set(node, place, chosenRounds[rank]);
        }
    }

    /** Tells in which rounds the living links of a list were taken. */
    void roundsOfLiving(int node, int[] links, int linkCount, int[] target) {
        int living = 0;
        for (int place = 0; place < linkCount; place++) {
            if (live.isAlive(links[place])) {
                target[living++] = grades.of(node, place);
            }
        }
    }

    /**
     * Finds the place for a newcomer, and notes the grades that all have with it there.
     *
     * @param node whose list it is.
     * @param links the list, whose grades are known.
     * @param linkCount how many links it has.
     * @param newcomer not one of them, and of another row than the node.
     * @return the place, or {@link #NOT_WANTED}.
     */
    int placeFor(int node, int[] links, int linkCount, int newcomer) {
        count = linkCount;
        float square = space.twiceSquare(node);
        space.copyInto(node, row);
        space.distances(row, links, count, distances);
        long key = Beam.key(space.distance(row, newcomer), newcomer);
        for (int i = 0; i < count; i++) {
            keys[i] = Beam.key(distances[i], links[i]);
            rounds[i] = live.isAlive(links[i]) ? grades.of(node, i) : DEAD;
        }
        space.copyInto(newcomer, row);
        space.distances(row, links, count, distances);
        for (int i = 0; i < count; i++) {
            gaps[i] = space.gap(square, distances[i]);
        }
        int round = roundOf(key, square);
        putBack(key, square, round);
        int place = last(links, key, round);
        if (place != NOT_WANTED) {
            rounds[place] = round;
            for (int i = 0; i < count; i++) {
                grades.set(node, i, Math.min(rounds[i], LinkSelector.LAST_ROUND));
            }
        }
        return place;
    }

    /** The first round in which no link taken before is too near to the newcomer. */
    private int roundOf(long key, float square) {
        float limit = space.gap(square, Beam.distance(key));
        int round = 0;
        while (round < LinkSelector.LAST_ROUND && isKeptOut(key, limit, round)) {
            round++;
        }
        return round;
    }

    private boolean isKeptOut(long key, float limit, int round) {
        for (int i = 0; i < count; i++) {
            if (isBefore(rounds[i], keys[i], round, key)
                    && LinkSelector.isTooNear(round, gaps[i], limit)) {
                return true;
            }
        }
        return false;
    }

    /** Moves links that the newcomer is too near to, and comes before, to later rounds. */
    private void putBack(long key, float square, int round) {
        for (int i = 0; i < count; i++) {
            float limit = space.gap(square, Beam.distance(keys[i]));
            while (rounds[i] < LinkSelector.LAST_ROUND
                    && isBefore(round, key, rounds[i], keys[i])
                    && LinkSelector.isTooNear(rounds[i], gaps[i], limit)) {
                rounds[i]++;
            }
        }
    }

    /** Place of the last in the last round, but for those that nobody else links to. */
    private int last(int[] links, long key, int round) {
        int last = NOT_WANTED;
        int lastRound = round;
        long lastKey = key;
        for (int i = 0; i < count; i++) {
            boolean canGo = rounds[i] == DEAD || counts.of(links[i]) > 1;
            if (canGo && isBefore(lastRound, lastKey, rounds[i], keys[i])) {
                last = i;
                lastRound = rounds[i];
                lastKey = keys[i];
            }
        }
        return last;
    }

    private static boolean isBefore(int round, long key, int otherRound, long otherKey) {
        return round < otherRound || (round == otherRound && key < otherKey);
    }
}
