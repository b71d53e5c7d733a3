package io.millrace.index.predicate;

/**
 * A piece of a predicate's text.
 *
 * @param kind what it is.
 * @param text as written; of a TEXT what stands between its quotes.
 * @param position where it begins, 1 being the first character.
 */
record Token(Kind kind, String text, int position) {
    private static final int MAX_SHOWN = 40;

    /** What a token is. */
    enum Kind {
        WORD,
        NUMBER,
        TEXT,
        PARAMETER,
        SYMBOL,
        END
    }

    boolean isSymbol(String symbol) {
        return kind == Kind.SYMBOL && text.equals(symbol);
    }

    /** As in messages. */
    String shown() {
        String start = text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "...";
        return switch (kind) {
            case END -> "the end";
            case TEXT -> "'" + start + "'";
            case WORD, NUMBER, PARAMETER, SYMBOL -> start;
        };
    }
}
