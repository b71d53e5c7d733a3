package io.millrace.index.predicate;

import io.millrace.core.error.MillraceException;

/**
 * Cuts the text of a predicate into tokens, one ahead of its reader.
 *
 * <p>Threading: one thread.
 */
final class Tokenizer {
    private static final char QUOTE = '\'';
    private static final String SYMBOLS = "(),=<>!";

    private final String source;
    private int at;
    private Token next;

    Tokenizer(String source) {
        this.source = source;
        this.next = read();
    }

    Token peek() {
        return next;
    }

    Token take() {
        Token token = next;
        next = read();
        return token;
    }

    /** Takes the next token if it is that word. */
    boolean accept(Keyword word) {
        boolean isThere = word.is(next);
        if (isThere) {
            take();
        }
        return isThere;
    }

    /** Takes the next token if it is that symbol. */
    boolean accept(String symbol) {
        boolean isThere = next.isSymbol(symbol);
        if (isThere) {
            take();
        }
        return isThere;
    }

    /** Takes the next token, which must be that symbol. */
    void expect(String symbol, String expected) {
        if (!accept(symbol)) {
            throw SyntaxErrors.unexpected(next, expected);
        }
    }

    private Token read() {
        while (at < source.length() && Character.isWhitespace(source.charAt(at))) {
            at++;
        }
        if (at == source.length()) {
            return new Token(Token.Kind.END, "", at + 1);
        }
        char first = source.charAt(at);
        if (first == QUOTE) {
            return readText();
        }
        if (isWordStart(first)) {
            return readWhile(Token.Kind.WORD, Tokenizer::isWordPart);
        }
        if (isDigit(first) || (first == '-' && isDigit(charAt(at + 1)))) {
            return readNumber();
        }
        if (first == '$' && isDigit(charAt(at + 1))) {
            return readWhile(Token.Kind.PARAMETER, Tokenizer::isDigit);
        }
        if (SYMBOLS.indexOf(first) >= 0) {
            return readSymbol();
        }
        throw unexpected("a name, a number, a text in single quotes, $1 or an operator");
    }

    private Token readText() {
        int start = at;
        StringBuilder text = new StringBuilder();
        at++;
        while (true) {
            if (at >= source.length()) {
                throw SyntaxErrors.unexpected(
                        start + 1,
                        "a text without end",
                        "a single quote behind it (one within a text is doubled)");
            }
            char c = source.charAt(at);
            at++;
            if (c != QUOTE) {
                text.append(c);
            } else if (charAt(at) == QUOTE) {
                text.append(QUOTE);
                at++;
            } else {
                return new Token(Token.Kind.TEXT, text.toString(), start + 1);
            }
        }
    }

    private Token readNumber() {
        int start = at;
        at++;
        skipDigits();
        if (charAt(at) == '.' && isDigit(charAt(at + 1))) {
            at++;
            skipDigits();
        }
        if (charAt(at) == 'e' || charAt(at) == 'E') {
            int sign = charAt(at + 1) == '-' || charAt(at + 1) == '+' ? 1 : 0;
            if (isDigit(charAt(at + 1 + sign))) {
                at += 1 + sign;
                skipDigits();
            }
        }
        if (isWordPart(charAt(at))) {
            throw unexpected("the end of the number " + source.substring(start, at));
        }
        return new Token(Token.Kind.NUMBER, source.substring(start, at), start + 1);
    }

    private Token readSymbol() {
        int start = at;
        char first = source.charAt(at);
        at++;
        if (charAt(at) == '=' && (first == '<' || first == '>' || first == '!')) {
            at++;
        } else if (first == '!') {
            at = start;
            throw unexpected("!= or the word not");
        }
        return new Token(Token.Kind.SYMBOL, source.substring(start, at), start + 1);
    }

    private Token readWhile(Token.Kind kind, CharTest test) {
        int start = at;
        at++;
        while (at < source.length() && test.test(source.charAt(at))) {
            at++;
        }
        return new Token(kind, source.substring(start, at), start + 1);
    }

    private void skipDigits() {
        while (isDigit(charAt(at))) {
            at++;
        }
    }

    /** The character at an index, or zero past the end. */
    private char charAt(int index) {
        return index < source.length() ? source.charAt(index) : 0;
    }

    private MillraceException unexpected(String expected) {
        int end = at + Character.charCount(source.codePointAt(at));
        return SyntaxErrors.unexpected(at + 1, source.substring(at, end), expected);
    }

    private interface CharTest {
        boolean test(char c);
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isWordStart(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    }

    private static boolean isWordPart(char c) {
        return isWordStart(c) || isDigit(c) || c == '.';
    }
}
