package io.millrace.index.predicate;

import io.millrace.index.attributes.AttributeSchema;

import java.util.ArrayList;
import java.util.List;

/**
 * How terms are put together, by recursive descent; see {@link Predicate} for the grammar.
 *
 * <p>Threading: one thread, one text.
 */
final class PredicateParser {
    private final Tokenizer tokens;
    private final TermParser terms;
    private final ParameterList parameters = new ParameterList();
    private int depth;

    PredicateParser(String text, AttributeSchema schema) {
        this.tokens = new Tokenizer(text);
        this.terms = new TermParser(tokens, schema, parameters);
    }

    Condition parse() {
        Condition condition = condition();
        if (tokens.peek().kind() != Token.Kind.END) {
            throw SyntaxErrors.unexpected(tokens.peek(), "and, or, or the end");
        }
        return condition;
    }

    /** The parameters of what was parsed. */
    List<ParameterKind> parameters() {
        return parameters.toList(tokens.peek());
    }

    private Condition condition() {
        List<Condition> parts = new ArrayList<>();
        do {
            parts.add(conjunction());
        } while (tokens.accept(Keyword.OR));
        return Condition.any(parts);
    }

    private Condition conjunction() {
        List<Condition> parts = new ArrayList<>();
        do {
            parts.add(negation());
        } while (tokens.accept(Keyword.AND));
        return Condition.all(parts);
    }

    private Condition negation() {
        depth++;
        if (depth > PredicateLimits.MAX_DEPTH) {
            throw SyntaxErrors.limit("depth", depth, PredicateLimits.MAX_DEPTH);
        }
        Condition condition;
        if (tokens.accept(Keyword.NOT)) {
            condition = new Condition.Not(negation());
        } else if (tokens.accept("(")) {
            condition = condition();
            tokens.expect(")", "and, or, or )");
        } else {
            condition = terms.term();
        }
        depth--;
        return condition;
    }
}
