package io.millrace.server.request;

/** The stages a request passes, in order. */
public enum Stage {
    /** From the arrival of the last byte to the hand-over. */
    DECODE(0, "decode"),
    /** Waiting for a worker. */
    QUEUE(1, "queue"),
    /** Reading the user's row and encoding the context; of feedback, changing the row. */
    USER(2, "user"),
    /** The query tower. */
    EMBED(3, "embed"),
    /** Vector search; of a rank request, finding or making the rows of its candidates. */
    RETRIEVE(4, "retrieve"),
    /** Scoring the candidates. */
    RANK(5, "rank"),
    /** Rules and diversity. */
    RERANK(6, "rerank"),
    /** Of a change, from its check to its effect: most of that is the disk. */
    JOURNAL(7, "journal"),
    /** Writing the answer's frame. */
    ENCODE(8, "encode");

    private static final Stage[] ALL = values();

    private final int index;
    private final String label;

    Stage(int index, String label) {
        this.index = index;
        this.label = label;
    }

    /**
     * Place in arrays by stage.
     *
     * @return 0 to {@link #count()} - 1
     */
    public int index() {
        return index;
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
     * How many stages there are.
     *
     * @return the length of an array by stage
     */
    public static int count() {
        return ALL.length;
    }

    /**
     * The stage at a place.
     *
     * @param index 0 to {@link #count()} - 1
     * @return the stage
     */
    public static Stage at(int index) {
        return ALL[index];
    }
}
