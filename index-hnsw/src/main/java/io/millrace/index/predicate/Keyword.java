package io.millrace.index.predicate;

import java.util.Locale;

/**
 * The words of the language, in small letters or in capitals. No attribute may have their names.
 */
enum Keyword {
    AND,
    OR,
    NOT,
    IN,
    BETWEEN,
    HAS,
    ANY,
    ALL,
    IS,
    MISSING,
    TRUE,
    FALSE;

    private final String text = name().toLowerCase(Locale.ROOT);

    /** Whether a token is this word. */
    boolean is(Token token) {
        return token.kind() == Token.Kind.WORD && token.text().equalsIgnoreCase(text);
    }

    /** Whether a token is any of these words. */
    static boolean isAny(Token token) {
        for (Keyword keyword : values()) {
            if (keyword.is(token)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public String toString() {
        return text;
    }
}
