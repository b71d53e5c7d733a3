package io.millrace.index.recall;

/**
 * Adds up how many of their k neighbours queries have found. Misses of one query come together: a
 * hard query misses several. So the neighbours of a query are not independent trials, and the tally
 * tells by how much fewer they count from how unequal queries are (the design effect of cluster
 * samples; Kish: Survey sampling, 1965, section 5.4).
 *
 * <p>Threading: one thread.
 */
public final class RecallTally {
    private long queries;
    private long neighbours;
    private double sum;
    private double squares;

    /** Nothing is counted yet. */
    public RecallTally() {}

    /**
     * Counts a query.
     *
     * @param hits how many it has found.
     * @param wanted how many there were to find; 0 counts for nothing.
     */
    public void add(int hits, int wanted) {
        if (wanted == 0) {
            return;
        }
        double recall = (double) hits / wanted;
        queries++;
        neighbours += wanted;
        sum += recall;
        squares += recall * recall;
    }

    /**
     * How many queries were counted.
     *
     * @return from 0.
     */
    public long queries() {
        return queries;
    }

    /**
     * Mean recall of the queries.
     *
     * @return 0 to 1; 1 where nothing was counted.
     */
    public double recall() {
        return queries == 0 ? 1 : Math.min(1, sum / queries);
    }

    /**
     * How many independent trials the neighbours are worth.
     *
     * @return from the number of queries to that of their neighbours; the latter where nothing was
     *     missed, since then nothing tells of the inequality.
     */
    public double trials() {
        double recall = recall();
        double spread = queries == 0 ? 0 : squares / queries - recall * recall;
        double independent = recall * (1 - recall);
        if (spread <= 0 || independent <= 0) {
            return neighbours;
        }
        return Math.clamp(queries * independent / spread, (double) queries, (double) neighbours);
    }

    /**
     * Where the true recall lies.
     *
     * @return the interval.
     */
    public RecallInterval interval() {
        return RecallInterval.of(recall(), trials());
    }
}
