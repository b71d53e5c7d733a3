package io.millrace.index;

/**
 * How alike two vectors are. Scores grow with likeness under every metric.
 *
 * <table>
 * <caption>Scores and what is stored</caption>
 * <tr><th>metric</th><th>score</th><th>stored rows</th></tr>
 * <tr><td>L2</td><td>minus the squared distance</td><td>as given</td></tr>
 * <tr><td>INNER_PRODUCT</td><td>dot product</td><td>as given when all have length 1, else with one
 * more dimension that brings all to the same length</td></tr>
 * <tr><td>COSINE</td><td>cosine of the angle</td><td>scaled to length 1</td></tr>
 * </table>
 */
public enum Metric {
    /** Euclidean distance. */
    L2,
    /** Dot product, of vectors of any length. */
    INNER_PRODUCT,
    /** Angle between vectors, of any length but zero. */
    COSINE
}
