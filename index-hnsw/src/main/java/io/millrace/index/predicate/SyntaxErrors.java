package io.millrace.index.predicate;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;

/** The messages about predicates that cannot be understood. Positions count from 1. */
final class SyntaxErrors {
    private SyntaxErrors() {}

    static MillraceException unexpected(Token found, String expected) {
        return unexpected(found.position(), found.shown(), expected);
    }

    static MillraceException unexpected(int position, String found, String expected) {
        return MillraceException.badInput(
                "predicate not understood: position=%d, found=%s, expected=%s; correct it",
                position, found, expected);
    }

    static MillraceException limit(String what, int count, int limit) {
        return MillraceException.of(
                ErrorCode.LIMIT,
                "predicate too large: %s=%d, limit=%d; make it simpler, or filter by a set of ids",
                what,
                count,
                limit);
    }
}
