package io.millrace.index.predicate;

/** How large a predicate may be. */
final class PredicateLimits {
    /** Longest text, in characters. */
    static final int MAX_LENGTH = 65_536;

    /** Most conditions within each other. */
    static final int MAX_DEPTH = 64;

    /** Most values and tests of {@code is missing}, over the whole predicate. */
    static final int MAX_TERMS = 1024;

    /** Most parameters. */
    static final int MAX_PARAMETERS = 64;

    private PredicateLimits() {}
}
