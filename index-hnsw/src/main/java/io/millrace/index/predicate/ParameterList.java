package io.millrace.index.predicate;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Collects the parameters of a predicate while it is read. */
final class ParameterList {
    private final Map<Integer, ParameterKind> kinds = new TreeMap<>();

    /** Takes in a use of a parameter. */
    Operand use(Token token, ParameterKind kind) {
        String digits = token.text().substring(1);
        // Three digits are more than the limit has.
        int number = digits.length() > 3 ? Integer.MAX_VALUE : Integer.parseInt(digits);
        if (number < 1 || number > PredicateLimits.MAX_PARAMETERS) {
            throw SyntaxErrors.unexpected(
                    token, "a parameter of $1 to $" + PredicateLimits.MAX_PARAMETERS);
        }
        ParameterKind other = kinds.putIfAbsent(number, kind);
        if (other != null && other != kind) {
            throw SyntaxErrors.unexpected(
                    token, "another parameter for " + kind + ", as this one is " + other);
        }
        return new Operand.Parameter(number - 1);
    }

    /** The kinds in the order of their numbers; refuses to leave one out. */
    List<ParameterKind> toList(Token end) {
        List<ParameterKind> list = new ArrayList<>();
        for (Map.Entry<Integer, ParameterKind> entry : kinds.entrySet()) {
            if (entry.getKey() != list.size() + 1) {
                throw SyntaxErrors.unexpected(
                        end,
                        "$" + (list.size() + 1) + " to be used, as $" + entry.getKey() + " is");
            }
            list.add(entry.getValue());
        }
        return List.copyOf(list);
    }
}
