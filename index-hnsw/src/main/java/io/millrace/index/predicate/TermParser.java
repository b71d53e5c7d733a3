package io.millrace.index.predicate;

import io.millrace.core.error.MillraceException;
import io.millrace.index.attributes.Attribute;
import io.millrace.index.attributes.AttributeSchema;

import java.util.ArrayList;
import java.util.List;

/**
 * What is said of one attribute; see {@link Predicate} for the grammar. Which operators and values
 * may follow depends on the attribute's kind.
 *
 * <p>Threading: one thread, one text.
 */
final class TermParser {
    private final Tokenizer tokens;
    private final AttributeSchema schema;
    private final ValueParser values;
    private int termCount;

    TermParser(Tokenizer tokens, AttributeSchema schema, ParameterList parameters) {
        this.tokens = tokens;
        this.schema = schema;
        this.values = new ValueParser(tokens, parameters);
    }

    Condition term() {
        Attribute attribute = attribute();
        if (tokens.accept(Keyword.IS)) {
            return presence(attribute);
        }
        return switch (attribute.kind()) {
            case INT64, FLOAT64 -> number(attribute);
            case BOOL -> truth(attribute);
            case CATEGORY -> category(attribute);
            case TAGS -> tags(attribute);
        };
    }

    private Attribute attribute() {
        Token name = tokens.peek();
        if (name.kind() != Token.Kind.WORD || Keyword.isAny(name)) {
            throw SyntaxErrors.unexpected(name, "the name of an attribute, not, or (");
        }
        if (!schema.has(name.text())) {
            throw SyntaxErrors.unexpected(
                    name,
                    schema.attributes().isEmpty()
                            ? "no name, as no attributes are declared"
                            : "one of the attributes " + schema.names());
        }
        tokens.take();
        return schema.attributes().get(schema.indexOf(name.text()));
    }

    private Condition presence(Attribute attribute) {
        boolean isPresent = tokens.accept(Keyword.NOT);
        if (!tokens.accept(Keyword.MISSING)) {
            throw SyntaxErrors.unexpected(tokens.peek(), isPresent ? "missing" : "missing or not");
        }
        countTerm();
        Condition missing = new Condition.Missing(attribute);
        return isPresent ? new Condition.Not(missing) : missing;
    }

    private Condition number(Attribute attribute) {
        if (tokens.accept("!=")) {
            return Condition.presentAndNot(
                    attribute,
                    new Condition.Compare(attribute, Comparison.EQUAL, value(attribute)));
        }
        for (Comparison comparison : Comparison.values()) {
            if (tokens.accept(comparison.toString())) {
                return new Condition.Compare(attribute, comparison, value(attribute));
            }
        }
        boolean isNot = tokens.accept(Keyword.NOT);
        Condition condition;
        if (tokens.accept(Keyword.BETWEEN)) {
            condition = between(attribute);
        } else if (tokens.accept(Keyword.IN)) {
            List<Condition> parts = new ArrayList<>();
            for (Operand value : values(attribute)) {
                parts.add(new Condition.Compare(attribute, Comparison.EQUAL, value));
            }
            condition = Condition.any(parts);
        } else {
            throw operatorExpected(
                    attribute, isNot, "=, !=, <, <=, >, >=, between, in, is", "between or in");
        }
        return isNot ? Condition.presentAndNot(attribute, condition) : condition;
    }

    private Condition between(Attribute attribute) {
        Operand least = value(attribute);
        if (!tokens.accept(Keyword.AND)) {
            throw SyntaxErrors.unexpected(tokens.peek(), "and with the other end of between");
        }
        return new Condition.All(
                List.of(
                        new Condition.Compare(attribute, Comparison.AT_LEAST, least),
                        new Condition.Compare(attribute, Comparison.AT_MOST, value(attribute))));
    }

    private Condition truth(Attribute attribute) {
        if (tokens.accept("=")) {
            return new Condition.Is(attribute, value(attribute));
        }
        if (tokens.accept("!=")) {
            return Condition.presentAndNot(
                    attribute, new Condition.Is(attribute, value(attribute)));
        }
        Token next = tokens.peek();
        boolean isOperator =
                Keyword.IN.is(next) || Keyword.BETWEEN.is(next) || Keyword.HAS.is(next);
        if (isOperator || (next.kind() == Token.Kind.SYMBOL && !next.isSymbol(")"))) {
            throw operatorExpected(attribute, false, "=, !=, is, or none", "");
        }
        countTerm();
        return new Condition.Is(attribute, new Operand.Truth(true));
    }

    private Condition category(Attribute attribute) {
        if (tokens.accept("=")) {
            return new Condition.OneOf(attribute, List.of(value(attribute)));
        }
        if (tokens.accept("!=")) {
            return Condition.presentAndNot(
                    attribute, new Condition.OneOf(attribute, List.of(value(attribute))));
        }
        boolean isNot = tokens.accept(Keyword.NOT);
        if (!tokens.accept(Keyword.IN)) {
            throw operatorExpected(attribute, isNot, "=, !=, in, is", "in");
        }
        Condition condition = new Condition.OneOf(attribute, values(attribute));
        return isNot ? Condition.presentAndNot(attribute, condition) : condition;
    }

    private Condition tags(Attribute attribute) {
        if (!tokens.accept(Keyword.HAS)) {
            throw operatorExpected(attribute, false, "has, is", "");
        }
        if (tokens.accept(Keyword.ANY)) {
            return new Condition.OneOf(attribute, values(attribute));
        }
        if (tokens.accept(Keyword.ALL)) {
            List<Condition> parts = new ArrayList<>();
            for (Operand value : values(attribute)) {
                parts.add(new Condition.OneOf(attribute, List.of(value)));
            }
            return Condition.all(parts);
        }
        return new Condition.OneOf(attribute, List.of(value(attribute)));
    }

    private List<Operand> values(Attribute attribute) {
        tokens.expect("(", "( and " + ValueParser.expected(attribute));
        List<Operand> list = new ArrayList<>();
        do {
            list.add(value(attribute));
        } while (tokens.accept(","));
        tokens.expect(")", ", or )");
        return list;
    }

    private Operand value(Attribute attribute) {
        countTerm();
        return values.value(attribute);
    }

    private void countTerm() {
        termCount++;
        if (termCount > PredicateLimits.MAX_TERMS) {
            throw SyntaxErrors.limit("terms", termCount, PredicateLimits.MAX_TERMS);
        }
    }

    private MillraceException operatorExpected(
            Attribute attribute, boolean isNot, String operators, String afterNot) {
        return SyntaxErrors.unexpected(
                tokens.peek(),
                isNot
                        ? afterNot + " after not"
                        : "an operator for " + attribute + " (" + operators + ")");
    }
}
