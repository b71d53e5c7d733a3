package io.millrace.server.request;

import io.millrace.core.HotPath;
import io.millrace.core.wire.WireLimits;
import io.millrace.ranker.features.FeatureScope;

/**
 * A request, read out of its frame into memory of its own.
 *
 * <p>Threading: one thread at a time. Allocation: only in the constructor.
 */
@HotPath
public final class Request {
    /** {@link #deadlineNs()} where there is none. */
    public static final long NO_DEADLINE = Long.MAX_VALUE;

    /** {@link #userId()} of a search for nobody known. */
    public static final long NO_USER = -1L;

    /** k of a rank request that wants all of its candidates ordered. */
    public static final int ALL = 0;

    private final int[] contextFields;
    private final int[] contextCodes;
    private final long[] excluded;
    private final RequestEvents events;
    private final RequestCandidates candidates;
    private final float[] vector;
    private final RequestText filter = new RequestText(WireLimits.MAX_FILTER_BYTES);
    private final RequestText experimentKey = new RequestText(WireLimits.MAX_EXPERIMENT_KEY_BYTES);
    private boolean hasVector;
    private boolean isTraced;

    private RequestKind kind = RequestKind.UNKNOWN;
    private FeatureScope scope = FeatureScope.ITEM;
    private long correlationId;
    private long userId;
    private long itemId;
    private long timestampMs;
    private int k;
    private int flags;
    private long arrivalNs;
    private long decodedNs;
    private long deadlineNs = NO_DEADLINE;
    private int givenUp;
    private int contextCount;
    private int excludedCount;

    /**
     * Makes an empty request.
     *
     * @param limits what it may hold
     */
    public Request(RequestLimits limits) {
        contextFields = new int[limits.contextFields()];
        contextCodes = new int[limits.contextFields()];
        excluded = new long[limits.excluded()];
        events = new RequestEvents(limits.events());
        candidates = new RequestCandidates(limits);
        vector = new float[limits.dimension()];
    }

    /**
     * Makes it a recommend request without context, exclusions and fresh history.
     *
     * @param correlationId to answer with
     * @param userId for whom
     * @param timestampMs when, since 1970 UTC
     * @param k how many
     * @param flags as on the wire
     */
    public void recommend(long correlationId, long userId, long timestampMs, int k, int flags) {
        begin(RequestKind.RECOMMEND, correlationId, k, flags);
        this.userId = userId;
        this.timestampMs = timestampMs;
    }

    /**
     * Makes it an explain request: a recommend request of which items are to be explained, those
     * that are its candidates.
     *
     * @param correlationId to answer with
     * @param userId for whom
     * @param timestampMs when, since 1970 UTC
     * @param k how many
     * @param flags as on the wire
     */
    public void explain(long correlationId, long userId, long timestampMs, int k, int flags) {
        begin(RequestKind.EXPLAIN, correlationId, k, flags);
        this.userId = userId;
        this.timestampMs = timestampMs;
    }

    /**
     * Makes it a similar request without exclusions.
     *
     * @param correlationId to answer with
     * @param itemId like which
     * @param k how many
     * @param flags as on the wire
     */
    public void similar(long correlationId, long itemId, int k, int flags) {
        begin(RequestKind.SIMILAR, correlationId, k, flags);
        this.itemId = itemId;
    }

    /**
     * Makes it a search request; the vector is to be filled by {@link #vector()}.
     *
     * @param correlationId to answer with
     * @param userId for whom to rank, or {@link #NO_USER}
     * @param timestampMs when, since 1970 UTC
     * @param k how many
     * @param flags as on the wire
     */
    public void search(long correlationId, long userId, long timestampMs, int k, int flags) {
        begin(RequestKind.SEARCH, correlationId, k, flags);
        this.userId = userId;
        this.timestampMs = timestampMs;
    }

    /**
     * Makes it a rank request without candidates and context.
     *
     * @param correlationId to answer with
     * @param userId for whom, or {@link #NO_USER}
     * @param timestampMs when, since 1970 UTC
     * @param k how many; {@link #ALL} for as many as there are candidates
     * @param flags as on the wire
     */
    public void rank(long correlationId, long userId, long timestampMs, int k, int flags) {
        begin(RequestKind.RANK, correlationId, k, flags);
        this.userId = userId;
        this.timestampMs = timestampMs;
    }

    /**
     * Makes it a feedback request without events.
     *
     * @param correlationId to answer with
     * @param userId who did it
     * @param timestampMs when, since 1970 UTC
     */
    public void feedback(long correlationId, long userId, long timestampMs) {
        begin(RequestKind.FEEDBACK, correlationId, 0, 0);
        this.userId = userId;
        this.timestampMs = timestampMs;
    }

    /**
     * Makes it an update without columns. Whose row it changes is its one candidate.
     *
     * @param correlationId to answer with
     * @param scope {@link FeatureScope#ITEM} or {@link FeatureScope#USER}
     * @param id of the item or the user
     */
    public void update(long correlationId, FeatureScope scope, long id) {
        begin(RequestKind.UPDATE, correlationId, 0, 0);
        this.scope = scope;
        candidates.add(id);
    }

    /**
     * Makes it an upsert without columns and vector. The item is its one candidate.
     *
     * @param correlationId to answer with
     * @param itemId which item
     */
    public void upsert(long correlationId, long itemId) {
        begin(RequestKind.UPSERT, correlationId, 0, 0);
        candidates.add(itemId);
    }

    /**
     * Makes it a delete request.
     *
     * @param correlationId to answer with
     * @param itemId which item
     */
    public void delete(long correlationId, long itemId) {
        begin(RequestKind.DELETE, correlationId, 0, 0);
        this.itemId = itemId;
    }

    private void begin(RequestKind kind, long correlationId, int k, int flags) {
        this.kind = kind;
        this.correlationId = correlationId;
        this.k = k;
        this.flags = flags;
        userId = NO_USER;
        itemId = 0;
        timestampMs = 0;
        arrivalNs = 0;
        decodedNs = 0;
        deadlineNs = NO_DEADLINE;
        givenUp = 0;
        contextCount = 0;
        excludedCount = 0;
        hasVector = false;
        scope = FeatureScope.ITEM;
        events.clear();
        candidates.clear();
        isTraced = false;
        filter.clear();
        experimentKey.clear();
    }

    /**
     * Notes when it came and by when it is to be answered.
     *
     * @param arrivalNs when its last byte arrived, by {@link System#nanoTime()}
     * @param deadlineUs time to answer in, 0 for as long as it takes
     */
    public void timed(long arrivalNs, long deadlineUs) {
        this.arrivalNs = arrivalNs;
        this.deadlineNs = deadlineUs == 0 ? NO_DEADLINE : arrivalNs + deadlineUs * 1_000L;
    }

    /**
     * Says what is to be given up to answer it in time.
     *
     * @param bits of {@link Lever}s
     */
    public void giveUp(int bits) {
        givenUp = bits;
    }

    /**
     * Whether something is to be given up.
     *
     * @param lever what
     * @return true where it is
     */
    public boolean givesUp(Lever lever) {
        return lever.isIn(givenUp);
    }

    /**
     * Notes when it had been read.
     *
     * @param decodedNs by {@link System#nanoTime()}
     */
    public void decoded(long decodedNs) {
        this.decodedNs = decodedNs;
    }

    /**
     * Adds a field of the context.
     *
     * @param field its number
     * @param code its raw code
     */
    public void addContext(int field, int code) {
        contextFields[contextCount] = field;
        contextCodes[contextCount++] = code;
    }

    /**
     * Adds an item not to answer with.
     *
     * @param itemId the item
     */
    public void exclude(long itemId) {
        excluded[excludedCount++] = itemId;
    }

    /**
     * What is asked for.
     *
     * @return the kind
     */
    public RequestKind kind() {
        return kind;
    }

    /**
     * Whose features an update or an upsert changes.
     *
     * @return {@link FeatureScope#ITEM} or {@link FeatureScope#USER}
     */
    public FeatureScope scope() {
        return scope;
    }

    /**
     * The caller's number of this request.
     *
     * @return to answer with
     */
    public long correlationId() {
        return correlationId;
    }

    /**
     * For whom, or who.
     *
     * @return {@link #NO_USER} if nobody known
     */
    public long userId() {
        return userId;
    }

    /**
     * Like which item, or which one is deleted.
     *
     * @return the item's id
     */
    public long itemId() {
        return itemId;
    }

    /**
     * When.
     *
     * @return milliseconds since 1970 UTC, 0 for now
     */
    public long timestampMs() {
        return timestampMs;
    }

    /**
     * How many answers.
     *
     * @return 1 to {@link RequestLimits#k()}; of a rank request whatever was asked for, or as many
     *     as there are candidates; 0 for feedback
     */
    public int k() {
        return k == ALL ? candidates.count() : k;
    }

    /**
     * Wishes of the request's kind.
     *
     * @return as on the wire, without what concerns the history: see {@link #events}
     */
    public int flags() {
        return flags;
    }

    /**
     * When the last byte arrived.
     *
     * @return by {@link System#nanoTime()}
     */
    public long arrivalNs() {
        return arrivalNs;
    }

    /**
     * When it had been read.
     *
     * @return by {@link System#nanoTime()}
     */
    public long decodedNs() {
        return decodedNs;
    }

    /**
     * By when it is to be answered.
     *
     * @return by {@link System#nanoTime()}, or {@link #NO_DEADLINE}
     */
    public long deadlineNs() {
        return deadlineNs;
    }

    /**
     * Whether there is a deadline.
     *
     * @return false if it may take as long as it takes
     */
    public boolean hasDeadline() {
        return deadlineNs != NO_DEADLINE;
    }

    /**
     * Numbers of the context's fields.
     *
     * @return the first {@link #contextCount()} count
     */
    public int[] contextFields() {
        return contextFields;
    }

    /**
     * Raw codes of the context's fields.
     *
     * @return the first {@link #contextCount()} count
     */
    public int[] contextCodes() {
        return contextCodes;
    }

    /**
     * How many fields the context has.
     *
     * @return the number
     */
    public int contextCount() {
        return contextCount;
    }

    /**
     * Items not to answer with.
     *
     * @return the first {@link #excludedCount()} count
     */
    public long[] excluded() {
        return excluded;
    }

    /**
     * How many items are excluded.
     *
     * @return the number
     */
    public int excludedCount() {
        return excludedCount;
    }

    /**
     * What the user did, to be read and to be filled.
     *
     * @return the events
     */
    public RequestEvents events() {
        return events;
    }

    /**
     * What is to be ranked, to be read and to be filled.
     *
     * @return the candidates
     */
    public RequestCandidates candidates() {
        return candidates;
    }

    /** Says that {@link #vector()} was filled with what came with an upserted item. */
    public void bringVector() {
        hasVector = true;
    }

    /**
     * Whether an upserted item brings its vector.
     *
     * @return false where it is to follow from the features
     */
    public boolean hasVector() {
        return hasVector;
    }

    /**
     * The vector of a search or of an upserted item, to be read and to be filled.
     *
     * @return finite floats
     */
    public float[] vector() {
        return vector;
    }

    /**
     * Which items may be answered, to be read and to be filled.
     *
     * @return a predicate over attributes of items; empty for all
     */
    public RequestText filter() {
        return filter;
    }

    /**
     * What the caller's experiments know this request by, to be read and to be filled.
     *
     * @return empty for nothing
     */
    public RequestText experimentKey() {
        return experimentKey;
    }

    /**
     * Says whether the caller wants to know the times of the stages.
     *
     * @param isWanted whether
     */
    public void trace(boolean isWanted) {
        isTraced = isWanted;
    }

    /**
     * Whether the caller wants to know the times of the stages.
     *
     * @return false for nearly all
     */
    public boolean isTraced() {
        return isTraced;
    }
}
