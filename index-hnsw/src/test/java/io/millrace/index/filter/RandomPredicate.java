package io.millrace.index.filter;

import io.millrace.core.random.SplitRandom;
import io.millrace.index.attributes.Attribute;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * A random text of the language beside its meaning, written down a second time as a plain test of a
 * row. Some of its values are parameters.
 */
final class RandomPredicate {
    private final SplitRandom random;
    private final List<Consumer<FilterPlan>> parameters = new ArrayList<>();
    private final Clause clause;

    /** A piece of text and what it means. */
    private record Clause(String text, Predicate<Map<String, Object>> meaning) {}

    RandomPredicate(SplitRandom random) {
        this.random = random;
        this.clause = condition(4);
    }

    String text() {
        return clause.text;
    }

    boolean test(Map<String, Object> row) {
        return clause.meaning.test(row);
    }

    void setParameters(FilterPlan plan) {
        parameters.forEach(parameter -> parameter.accept(plan));
    }

    private Clause condition(int depth) {
        return switch (depth == 0 ? 9 : random.nextInt(10)) {
            case 0, 1, 2 -> {
                Clause left = condition(depth - 1);
                Clause right = condition(depth - 1);
                yield new Clause(
                        "(" + left.text + word(" and ") + right.text + ")",
                        row -> left.meaning.test(row) && right.meaning.test(row));
            }
            case 3, 4 -> {
                Clause left = condition(depth - 1);
                Clause right = condition(depth - 1);
                yield new Clause(
                        "(" + left.text + word(" or ") + right.text + " )",
                        row -> left.meaning.test(row) || right.meaning.test(row));
            }
            case 5 -> {
                // Without parentheses: and binds closer than or, not closer than both.
                Clause a = term();
                Clause b = term();
                Clause c = term();
                yield new Clause(
                        "(not " + a.text + " and " + b.text + " or " + c.text + ")",
                        row ->
                                (!a.meaning.test(row) && b.meaning.test(row))
                                        || c.meaning.test(row));
            }
            case 6 -> {
                Clause part = condition(depth - 1);
                yield new Clause(word("not ") + part.text, row -> !part.meaning.test(row));
            }
            default -> term();
        };
    }

    private Clause term() {
        Attribute attribute =
                RandomRows.SCHEMA
                        .attributes()
                        .get(random.nextInt(RandomRows.SCHEMA.attributes().size()));
        String name = attribute.name();
        if (random.nextInt(6) == 0) {
            return random.nextInt(2) == 0
                    ? new Clause(name + word(" is missing"), row -> !row.containsKey(name))
                    : new Clause(name + " is not missing", row -> row.containsKey(name));
        }
        return switch (attribute.kind()) {
            case INT64, FLOAT64 -> number(attribute);
            case BOOL -> truth(name, attribute);
            case CATEGORY -> category(name, attribute);
            case TAGS -> tags(name, attribute);
        };
    }

    private Clause number(Attribute attribute) {
        String name = attribute.name();
        Object value = RandomRows.value(random, attribute);
        Object other = RandomRows.value(random, attribute);
        return switch (random.nextInt(9)) {
            case 0 -> compared(name, "=", value, order -> order == 0);
            case 1 -> compared(name, "!=", value, order -> order != 0);
            case 2 -> compared(name, "<", value, order -> order < 0);
            case 3 -> compared(name, "<=", value, order -> order <= 0);
            case 4 -> compared(name, ">", value, order -> order > 0);
            case 5 -> compared(name, ">=", value, order -> order >= 0);
            case 6 ->
                    new Clause(
                            name + " between " + literal(value) + " and " + literal(other),
                            row ->
                                    row.containsKey(name)
                                            && order(row.get(name), value) >= 0
                                            && order(row.get(name), other) <= 0);
            default -> {
                boolean isNot = random.nextInt(2) == 0;
                yield new Clause(
                        name
                                + (isNot ? " not" : "")
                                + word(" in (")
                                + literal(value)
                                + ", "
                                + literal(other)
                                + ")",
                        row ->
                                row.containsKey(name)
                                        && isNot
                                                != (order(row.get(name), value) == 0
                                                        || order(row.get(name), other) == 0));
            }
        };
    }

    private interface OrderTest {
        boolean test(int order);
    }

    private Clause compared(String name, String symbol, Object value, OrderTest test) {
        return new Clause(
                name + " " + symbol + literal(value),
                row -> row.containsKey(name) && test.test(order(row.get(name), value)));
    }

    private Clause truth(String name, Attribute attribute) {
        Object value = RandomRows.value(random, attribute);
        return switch (random.nextInt(3)) {
            case 0 -> new Clause(name, row -> Boolean.TRUE.equals(row.get(name)));
            case 1 -> new Clause(name + "=" + literal(value), row -> value.equals(row.get(name)));
            default ->
                    new Clause(
                            name + " != " + literal(value),
                            row -> row.containsKey(name) && !value.equals(row.get(name)));
        };
    }

    private Clause category(String name, Attribute attribute) {
        List<String> values = texts(attribute);
        String first = values.getFirst();
        return switch (random.nextInt(4)) {
            case 0 -> new Clause(name + " = " + literal(first), row -> first.equals(row.get(name)));
            case 1 ->
                    new Clause(
                            name + "!=" + literal(first),
                            row -> row.containsKey(name) && !first.equals(row.get(name)));
            case 2 ->
                    new Clause(
                            name + " in " + list(values),
                            row -> row.containsKey(name) && values.contains(row.get(name)));
            default ->
                    new Clause(
                            name + " not in " + list(values),
                            row -> row.containsKey(name) && !values.contains(row.get(name)));
        };
    }

    private Clause tags(String name, Attribute attribute) {
        List<String> values = texts(attribute);
        String first = values.getFirst();
        return switch (random.nextInt(3)) {
            case 0 ->
                    new Clause(
                            name + " has " + literal(first),
                            row -> listOf(row, name).contains(first));
            case 1 ->
                    new Clause(
                            name + " has any " + list(values),
                            row -> values.stream().anyMatch(listOf(row, name)::contains));
            default ->
                    new Clause(
                            name + " has all" + list(values),
                            row -> listOf(row, name).containsAll(values));
        };
    }

    /** Some texts, or many, at times one that no row has. */
    private List<String> texts(Attribute attribute) {
        List<String> values = new ArrayList<>();
        for (int i = random.nextInt(10) == 0 ? 50 : random.nextInt(3); i >= 0; i--) {
            values.add(random.nextInt(8) == 0 ? "nowhere" : RandomRows.text(random, attribute));
        }
        return values;
    }

    private String list(List<String> values) {
        return values.stream().map(this::literal).collect(Collectors.joining(",", "(", ")"));
    }

    /** A value as it is written, or a parameter that will have it. */
    private String literal(Object value) {
        if (random.nextInt(4) == 0 && parameters.size() < 60) {
            int number = parameters.size() + 1;
            parameters.add(
                    plan -> {
                        switch (value) {
                            case Long whole -> plan.setWhole(number, whole);
                            case Double decimal -> plan.setDecimal(number, decimal);
                            case Boolean truth -> plan.setTruth(number, truth);
                            default -> plan.setText(number, value.toString());
                        }
                    });
            return "$" + number;
        }
        return switch (value) {
            case Double decimal when random.nextInt(2) == 0 ->
                    new BigDecimal(decimal).toPlainString();
            case String text -> "'" + text.replace("'", "''") + "'";
            default -> value.toString();
        };
    }

    private String word(String word) {
        return random.nextInt(3) == 0 ? word.toUpperCase(Locale.ROOT) : word;
    }

    /** How two numbers of a kind stand to each other; the zeros are one. */
    private static int order(@Nullable Object left, Object right) {
        if (left instanceof Double a) {
            double b = (Double) right;
            return a < b ? -1 : a > b ? 1 : 0;
        }
        return ((Long) Objects.requireNonNull(left)).compareTo((Long) right);
    }

    private static List<?> listOf(Map<String, Object> row, String name) {
        return row.get(name) instanceof List<?> list ? list : List.of();
    }

    /** For messages. */
    @Override
    public String toString() {
        return clause.text;
    }
}
