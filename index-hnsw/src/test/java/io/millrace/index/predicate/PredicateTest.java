package io.millrace.index.predicate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.index.attributes.Attribute;
import io.millrace.index.attributes.AttributeKind;
import io.millrace.index.attributes.AttributeSchema;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;

/** What the language says no to, and how. */
final class PredicateTest {
    private static final AttributeSchema SCHEMA =
            AttributeSchema.of(
                    new Attribute("price", AttributeKind.FLOAT64),
                    new Attribute("stock", AttributeKind.INT64),
                    new Attribute("preorder", AttributeKind.BOOL),
                    new Attribute("category", AttributeKind.CATEGORY),
                    new Attribute("tags", AttributeKind.TAGS));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                // How conditions are put together.
                "\"\" | 1 | the end | the name of an attribute, not, or (",
                "price < 1 and | 14 | the end | the name of an attribute, not, or (",
                "(price < 1 | 11 | the end | and, or, or )",
                "price < 1) | 10 | ) | and, or, or the end",
                "price < 1 stock > 2 | 11 | stock | and, or, or the end",
                "price < 1 < 2 | 11 | < | and, or, or the end",
                "and | 1 | and | the name of an attribute, not, or (",
                "'price' < 1 | 1 | 'price' | the name of an attribute, not, or (",
                "not | 4 | the end | the name of an attribute, not, or (",
                // Names.
                "pirce < 1 | 1 | pirce | one of the attributes price, stock, preorder, category,"
                        + " tags",
                "preorder or Price < 1 | 13 | Price | one of the attributes price",
                // Operators.
                "price | 6 | the end | an operator for float64 attribute price (=, !=, <",
                "price has 1 | 7 | has | an operator for float64 attribute price",
                "price not < 1 | 11 | < | between or in after not",
                "category < 'a' | 10 | < | an operator for category attribute category (=, !=, in,"
                        + " is)",
                "category not 'a' | 14 | 'a' | in after not",
                "tags = 'a' | 6 | = | an operator for tags attribute tags (has, is)",
                "tags in ('a') | 6 | in | an operator for tags attribute tags (has, is)",
                "preorder > true | 10 | > | an operator for bool attribute preorder (=, !=, is, or"
                        + " none)",
                "preorder in (true) | 10 | in | an operator for bool attribute preorder",
                "price == 1 | 8 | = | a number for float64 attribute price",
                "price <> 1 | 8 | > | a number for float64 attribute price",
                "price ! 1 | 7 | ! | != or the word not",
                "price is null | 10 | null | missing or not",
                "price is not null | 14 | null | missing",
                "price between 1 or 2 | 17 | or | and with the other end of between",
                // Values.
                "price in ('a') | 11 | 'a' | a number for float64 attribute price",
                "price in (1 2) | 13 | 2 | , or )",
                "price in 1 | 10 | 1 | ( and a number for float64 attribute price",
                "price in () | 11 | ) | a number for float64 attribute price",
                "price < 1e999 | 9 | 1e999 | a number of double precision for float64 attribute"
                        + " price",
                "price < .5 | 9 | . | a name, a number, a text in single quotes, $1 or an operator",
                "price < 1.x | 10 | . | the end of the number 1",
                "price < 12a | 11 | a | the end of the number 12",
                "stock < 1.5 | 9 | 1.5 | a whole number for int64 attribute stock",
                "stock < 9223372036854775808 | 9 | 9223372036854775808 | a number of 64 bits for"
                        + " int64 attribute stock",
                "category = shoes | 12 | shoes | a text for category attribute category in single"
                        + " quotes",
                "category = 'it''s | 12 | a text without end | a single quote behind it",
                "tags has any 'a' | 14 | 'a' | ( and a text for tags attribute tags",
                "preorder = 1 | 12 | 1 | true or false for bool attribute preorder",
                // Parameters.
                "price < $0 | 9 | $0 | a parameter of $1 to $64",
                "price < $65 | 9 | $65 | a parameter of $1 to $64",
                "price < $99999999999 | 9 | $99999999999 | a parameter of $1 to $64",
                "price < $ | 9 | $ | a name, a number",
                "price < $2 | 11 | the end | $1 to be used, as $2 is",
                "price < $1 and category = $1 | 27 | $1 | another parameter for a text, as this one"
                        + " is a number"
            })
    void shouldNameThePlaceWhenATextIsNotUnderstood(
            String text, int position, String found, String expected) {
        MillraceException e = assertThrows(MillraceException.class, () -> compile(text));
        assertEquals(ErrorCode.BAD_INPUT, e.code());
        String start =
                "predicate not understood: position="
                        + position
                        + ", found="
                        + found
                        + ", expected="
                        + expected;
        assertTrue(e.getMessage().startsWith(start), e.getMessage());
        assertEquals(1, e.getMessage().lines().count());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "price<10",
                "\n price\t< -1.5e-3 AND Not preorder",
                "stock not in (1,-2, $1)",
                "price not between $2 and $1",
                "category = 'it''s' or category = ''",
                "TAGS is missing or tags HAS ALL ('a')"
            })
    void shouldUnderstandWhenWrittenOneWayOrAnother(String text) {
        AttributeSchema schema =
                AttributeSchema.of(
                        new Attribute("price", AttributeKind.FLOAT64),
                        new Attribute("stock", AttributeKind.INT64),
                        new Attribute("preorder", AttributeKind.BOOL),
                        new Attribute("category", AttributeKind.CATEGORY),
                        new Attribute("tags", AttributeKind.TAGS),
                        new Attribute("TAGS", AttributeKind.TAGS));
        assertEquals(text, Predicate.compile(text, schema).text());
    }

    @Test
    void shouldBindAndCloserThanOrWhenThereAreNoParentheses() {
        Condition plain = compile("not preorder and stock = 1 or price > 2").condition();
        Condition grouped = compile("((not preorder) and (stock = 1)) or (price > 2)").condition();
        assertEquals(grouped, plain);
        Condition.Any any = (Condition.Any) plain;
        assertEquals(2, any.parts().size());
        assertEquals(2, ((Condition.All) any.parts().getFirst()).parts().size());
    }

    @Test
    void shouldTellTheKindsWhenThereAreParameters() {
        assertEquals(
                List.of(
                        ParameterKind.TEXT,
                        ParameterKind.WHOLE,
                        ParameterKind.DECIMAL,
                        ParameterKind.TRUTH),
                compile(
                                "stock > $2 and price in ($3) and tags has $1 and preorder = $4"
                                        + " and category = $1")
                        .parameters());
    }

    @Test
    void shouldRefuseWhenAPredicateIsTooLarge() {
        assertLimit("length=65537, limit=65536", " ".repeat(65_537));
        compile("(".repeat(63) + "preorder" + ")".repeat(63));
        assertLimit("depth=65, limit=64", "(".repeat(10_000) + "preorder");
        assertLimit("depth=65, limit=64", "not ".repeat(10_000) + "preorder");
        compile("stock in (1" + ",1".repeat(1023) + ")");
        assertLimit("terms=1025, limit=1024", "stock in (1" + ",1".repeat(1024) + ")");
        assertLimit("terms=1025, limit=1024", "preorder" + " or preorder".repeat(1024));
        assertLimit(
                "terms=1025, limit=1024", "price is missing" + " or price is missing".repeat(1024));
    }

    @Test
    void shouldCutWhatWasFoundWhenItIsLong() {
        MillraceException e =
                assertThrows(MillraceException.class, () -> compile("'" + "x".repeat(5000) + "'"));
        assertTrue(e.getMessage().length() < 200, e.getMessage());
    }

    /** Else a predicate could not speak of the attribute. */
    @ParameterizedTest
    @EnumSource(Keyword.class)
    void shouldRefuseAnAttributeWhenItHasTheNameOfAWord(Keyword word) {
        assertThrows(
                MillraceException.class, () -> new Attribute(word.toString(), AttributeKind.BOOL));
        assertThrows(MillraceException.class, () -> new Attribute(word.name(), AttributeKind.BOOL));
    }

    /** Whatever stands there, the answer is a predicate or a line that says why not. */
    @Test
    void shouldNeverFailOtherwiseWhenTextsAreBroken() {
        String good =
                "price < 10.5e1 and category in ('a', 'b''c') or not (tags has any ($1) or"
                        + " preorder != true) and stock between -1 and 2 and price is not missing";
        compile(good);
        for (int i = 0; i < good.length(); i++) {
            for (char c : new char[] {' ', '(', ')', '\'', '$', '=', '1', 'x', '.', 'é', '\0'}) {
                String text = good.substring(0, i) + c + good.substring(i + 1);
                try {
                    compile(text);
                } catch (MillraceException e) {
                    assertEquals(ErrorCode.BAD_INPUT, e.code(), text);
                }
            }
            try {
                compile(good.substring(0, i));
            } catch (MillraceException e) {
                assertEquals(ErrorCode.BAD_INPUT, e.code());
            }
        }
    }

    private static void assertLimit(String part, String text) {
        MillraceException e = assertThrows(MillraceException.class, () -> compile(text));
        assertEquals(ErrorCode.LIMIT, e.code());
        assertTrue(e.getMessage().contains(part), e.getMessage());
    }

    private static Predicate compile(String text) {
        return Predicate.compile(text, SCHEMA);
    }
}
