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
        if (tokens.accept("=")) {
            return inInterval(attribute, Interval.equalTo(value(attribute)));
        }
        if (tokens.accept("!=")) {
            return notIn(attribute, List.of(Interval.equalTo(value(attribute))));
        }
        if (tokens.accept("<")) {
            return inInterval(attribute, Interval.below(value(attribute), false));
        }
        if (tokens.accept("<=")) {
            return inInterval(attribute, Interval.below(value(attribute), true));
        }
        if (tokens.accept(">")) {
            return inInterval(attribute, Interval.above(value(attribute), false));
        }
        if (tokens.accept(">=")) {
            return inInterval(attribute, Interval.above(value(attribute), true));
        }
        boolean isNot = tokens.accept(Keyword.NOT);
        List<Interval> intervals;
        if (tokens.accept(Keyword.BETWEEN)) {
            intervals = List.of(between(attribute));
        } else if (tokens.accept(Keyword.IN)) {
            intervals = values(attribute).stream().map(Interval::equalTo).toList();
        } else {
            throw operatorExpected(
                    attribute, isNot, "=, !=, <, <=, >, >=, between, in, is", "between or in");
        }
        return isNot
                ? notIn(attribute, intervals)
                : new Condition.InInterval(attribute, intervals, false);
    }

    private Interval between(Attribute attribute) {
        Operand least = value(attribute);
        if (!tokens.accept(Keyword.AND)) {
            throw SyntaxErrors.unexpected(tokens.peek(), "and with the other end of between");
        }
        return Interval.between(least, value(attribute));
    }

    private static Condition inInterval(Attribute attribute, Interval interval) {
        return new Condition.InInterval(attribute, List.of(interval), false);
    }

    private static Condition notIn(Attribute attribute, List<Interval> intervals) {
        return new Condition.Not(new Condition.InInterval(attribute, intervals, true));
    }

    private Condition truth(Attribute attribute) {
        if (tokens.accept("=")) {
            return new Condition.Is(attribute, value(attribute), true);
        }
        if (tokens.accept("!=")) {
            return new Condition.Is(attribute, value(attribute), false);
        }
        Token next = tokens.peek();
        boolean isOperator =
                Keyword.IN.is(next) || Keyword.BETWEEN.is(next) || Keyword.HAS.is(next);
        if (isOperator || (next.kind() == Token.Kind.SYMBOL && !next.isSymbol(")"))) {
            throw operatorExpected(attribute, false, "=, !=, is, or none", "");
        }
        countTerm();
        return new Condition.Is(attribute, new Operand.Truth(true), true);
    }

    private Condition category(Attribute attribute) {
        if (tokens.accept("=")) {
            return new Condition.InCategory(attribute, List.of(value(attribute)), false);
        }
        if (tokens.accept("!=")) {
            return new Condition.Not(
                    new Condition.InCategory(attribute, List.of(value(attribute)), true));
        }
        boolean isNot = tokens.accept(Keyword.NOT);
        if (!tokens.accept(Keyword.IN)) {
            throw operatorExpected(attribute, isNot, "=, !=, in, is", "in");
        }
        Condition condition = new Condition.InCategory(attribute, values(attribute), isNot);
        return isNot ? new Condition.Not(condition) : condition;
    }

    private Condition tags(Attribute attribute) {
        if (!tokens.accept(Keyword.HAS)) {
            throw operatorExpected(attribute, false, "has, is", "");
        }
        if (tokens.accept(Keyword.ALL)) {
            return new Condition.HasTags(attribute, values(attribute), true);
        }
        List<Operand> values =
                tokens.accept(Keyword.ANY) ? values(attribute) : List.of(value(attribute));
        return new Condition.HasTags(attribute, values, false);
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
