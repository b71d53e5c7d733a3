package io.millrace.index.graph;

import io.millrace.core.HotPath;

/**
 * The nearest of what several queries found, every node once, at its least distance.
 *
 * <p>Threading: one thread. Allocation: none after construction.
 */
public final class AnswerUnion {
    private final VisitedSet seen;
    private Beam answers;
    private Beam spare;

    /**
     * An empty union.
     *
     * @param count how many nodes there are.
     * @param maxK the most answers.
     */
    public AnswerUnion(int count, int maxK) {
        seen = new VisitedSet(count);
        answers = new Beam(maxK);
        spare = new Beam(maxK);
    }

    /**
     * Forgets all answers.
     *
     * @param k how many are kept from now on, from 1.
     */
    @HotPath
    public void reset(int k) {
        answers.reset(k);
        spare.reset(k);
    }

    /**
     * All answers so far.
     *
     * @return nearest first.
     */
    public Beam answers() {
        return answers;
    }

    /**
     * Takes in what another query found.
     *
     * @param found its answers, nearest first, each node once.
     * @param k no more than these of both are kept, as given to {@link #reset}.
     */
    @HotPath
    public void add(Beam found, int k) {
        seen.clear();
        spare.reset(k);
        int own = 0;
        int other = 0;
        while (spare.size() < k && (own < answers.size() || other < found.size())) {
            // Both rise: a node is met first where it is nearest.
            boolean isOwn =
                    other == found.size()
                            || (own < answers.size()
                                    && answers.keyAt(own) >> 1 <= found.keyAt(other) >> 1);
            Beam from = isOwn ? answers : found;
            int rank = isOwn ? own++ : other++;
            if (seen.add(from.ordinalAt(rank))) {
                spare.offer(from.distanceAt(rank), from.ordinalAt(rank));
            }
        }
        Beam merged = spare;
        spare = answers;
        answers = merged;
    }
}
