package io.millrace.index.predicate;

import io.millrace.core.error.MillraceException;
import io.millrace.index.attributes.AttributeSchema;

import java.util.List;

/**
 * A text of the filter language, understood:
 *
 * <pre>
 *   price &lt; 10 and category in ('shoes', 'bags') and not tags has 'adult'
 *       and (stock &gt;= 1 or preorder) and brand is not missing
 *
 *   condition  = conjunction {"or" conjunction}
 *   conjunction = negation {"and" negation}
 *   negation   = "not" negation | "(" condition ")" | term
 *   term       = number-name ("=" | "!=" | "&lt;" | "&lt;=" | "&gt;" | "&gt;=") value
 *              | number-name ["not"] "between" value "and" value
 *              | number-or-category-name ["not"] "in" "(" value {"," value} ")"
 *              | category-name ("=" | "!=") value
 *              | tags-name "has" (value | ("any" | "all") "(" value {"," value} ")")
 *              | bool-name [("=" | "!=") value]
 *              | name "is" ["not"] "missing"
 *   value      = number | "'" text "'" | "true" | "false" | "$" digits
 * </pre>
 *
 * A value that is missing meets no term but {@code is missing}; {@code not} turns any answer round,
 * so {@code not price < 10} takes rows without a price while {@code price >= 10} and {@code price
 * != 10} do not. Words are written in small letters or in capitals, names as they are declared.
 *
 * <p>Threading: immutable.
 */
public final class Predicate {
    private final String text;
    private final AttributeSchema schema;
    private final Condition condition;
    private final List<ParameterKind> parameters;

    private Predicate(
            String text,
            AttributeSchema schema,
            Condition condition,
            List<ParameterKind> parameters) {
        this.text = text;
        this.schema = schema;
        this.condition = condition;
        this.parameters = parameters;
    }

    /**
     * Understands a text.
     *
     * @param text the predicate.
     * @param schema the attributes it may speak of.
     * @return the predicate.
     * @throws MillraceException BAD_INPUT with the position, what was found there and what was
     *     expected; LIMIT when it is too large.
     */
    public static Predicate compile(String text, AttributeSchema schema) {
        if (text.length() > PredicateLimits.MAX_LENGTH) {
            throw SyntaxErrors.limit("length", text.length(), PredicateLimits.MAX_LENGTH);
        }
        PredicateParser parser = new PredicateParser(text, schema);
        return new Predicate(text, schema, parser.parse(), parser.parameters());
    }

    /**
     * The text it was made of.
     *
     * @return as given.
     */
    public String text() {
        return text;
    }

    /**
     * The attributes it was held against.
     *
     * @return the schema.
     */
    public AttributeSchema schema() {
        return schema;
    }

    /**
     * What it says.
     *
     * @return the root of the tree.
     */
    public Condition condition() {
        return condition;
    }

    /**
     * What its parameters must be given.
     *
     * @return the kind of {@code $1} first; all numbers up to the largest are used.
     */
    public List<ParameterKind> parameters() {
        return parameters;
    }

    /** The text it was made of. */
    @Override
    public String toString() {
        return text;
    }
}
