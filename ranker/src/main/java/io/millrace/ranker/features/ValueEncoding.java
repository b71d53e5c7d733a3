package io.millrace.ranker.features;

/** How a raw value becomes what a row holds. */
public enum ValueEncoding {
    /** A number as it is, a category by its place in the vocabulary. */
    PLAIN,
    /** A number x as sign(x) · log(1 + |x|), for counts and other heavy tails. */
    LOG,
    /**
     * A category by a hash of its text, without a vocabulary: no value is unseen, and two of them
     * may share an id (Weinberger et al., Feature hashing for large scale multitask learning, ICML
     * 2009). A missing value keeps an id of its own.
     */
    HASHED,
    /**
     * A number as the id of the bucket it falls in; the buckets lie between quantiles of the data
     * the schema was made of. A missing number has the id of what is missing.
     */
    QUANTILES,
    /**
     * A category that is the combination of other categories of the same row, by a hash of their
     * ids. It has no value of its own and follows the others: see {@link RowLayout#cross}.
     */
    CROSSED,
    /**
     * A category whose values lie on a circle, such as hours: rows hold its id, models see the sine
     * and cosine of its angle, so the last value is as near to the first as to the one before it.
     * What is missing or unseen is the middle of the circle.
     */
    CYCLIC,
    /**
     * A number that is counted from what happens while serving, and from earlier impressions in
     * training: see {@link FeatureRate}. It has no value of its own, and is missing as long as
     * nothing has happened.
     */
    RATE;

    /**
     * What a row holds for a raw number.
     *
     * @param raw the number, NaN when missing.
     * @return the number, NaN when missing; not standardised.
     */
    public float encode(double raw) {
        return this == LOG
                ? (float) Math.copySign(StrictMath.log1p(Math.abs(raw)), raw)
                : (float) raw;
    }
}
