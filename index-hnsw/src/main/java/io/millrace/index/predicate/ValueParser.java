package io.millrace.index.predicate;

import io.millrace.index.attributes.Attribute;

import java.util.regex.Pattern;

/** What an attribute is compared with: a value of its kind, or a parameter. */
final class ValueParser {
    private static final Pattern WHOLE = Pattern.compile("-?[0-9]+");

    private final Tokenizer tokens;
    private final ParameterList parameters;

    ValueParser(Tokenizer tokens, ParameterList parameters) {
        this.tokens = tokens;
        this.parameters = parameters;
    }

    Operand value(Attribute attribute) {
        Token token = tokens.take();
        if (token.kind() == Token.Kind.PARAMETER) {
            return parameters.use(token, ParameterKind.of(attribute.kind()));
        }
        return switch (attribute.kind()) {
            case INT64 -> whole(token, attribute);
            case FLOAT64 -> decimal(token, attribute);
            case BOOL -> truth(token, attribute);
            case CATEGORY, TAGS -> text(token, attribute);
        };
    }

    /** What may stand for a value, for a message. */
    static String expected(Attribute attribute) {
        return ParameterKind.of(attribute.kind()) + " for " + attribute;
    }

    private static Operand whole(Token token, Attribute attribute) {
        if (token.kind() != Token.Kind.NUMBER || !WHOLE.matcher(token.text()).matches()) {
            throw SyntaxErrors.unexpected(token, expected(attribute));
        }
        try {
            return new Operand.Whole(Long.parseLong(token.text()));
        } catch (NumberFormatException e) {
            throw SyntaxErrors.unexpected(token, "a number of 64 bits for " + attribute);
        }
    }

    private static Operand decimal(Token token, Attribute attribute) {
        if (token.kind() != Token.Kind.NUMBER) {
            throw SyntaxErrors.unexpected(token, expected(attribute));
        }
        double value = Double.parseDouble(token.text());
        if (!Double.isFinite(value)) {
            throw SyntaxErrors.unexpected(token, "a number of double precision for " + attribute);
        }
        return new Operand.Decimal(value);
    }

    private static Operand truth(Token token, Attribute attribute) {
        if (!Keyword.TRUE.is(token) && !Keyword.FALSE.is(token)) {
            throw SyntaxErrors.unexpected(token, expected(attribute));
        }
        return new Operand.Truth(Keyword.TRUE.is(token));
    }

    private static Operand text(Token token, Attribute attribute) {
        if (token.kind() != Token.Kind.TEXT) {
            throw SyntaxErrors.unexpected(token, expected(attribute) + " in single quotes");
        }
        return new Operand.Text(token.text());
    }
}
