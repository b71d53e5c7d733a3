package io.millrace.index.predicate;

/** How a number is compared. */
public enum Comparison {
    /** The same number. */
    EQUAL("="),
    /** A smaller number. */
    LESS("<"),
    /** A smaller number, or the same. */
    AT_MOST("<="),
    /** A larger number. */
    GREATER(">"),
    /** A larger number, or the same. */
    AT_LEAST(">=");

    private final String symbol;

    Comparison(String symbol) {
        this.symbol = symbol;
    }

    /** How it is written. */
    @Override
    public String toString() {
        return symbol;
    }
}
