package io.millrace.index.filter;

import io.millrace.index.attributes.Attribute;
import io.millrace.index.attributes.AttributeTable;
import io.millrace.index.attributes.BoolColumn;
import io.millrace.index.attributes.CategoryColumn;
import io.millrace.index.attributes.Column;
import io.millrace.index.attributes.Float64Column;
import io.millrace.index.attributes.Int64Column;
import io.millrace.index.attributes.LongCells;
import io.millrace.index.attributes.TagsColumn;
import io.millrace.index.predicate.Condition;
import io.millrace.index.predicate.Operand;

import java.util.Comparator;
import java.util.List;

/** Turns the conditions of a predicate into nodes over the columns of a table. */
final class FilterPlanner {
    private final AttributeTable table;
    private final FilterParameters parameters;

    FilterPlanner(AttributeTable table, FilterParameters parameters) {
        this.table = table;
        this.parameters = parameters;
    }

    FilterNode node(Condition condition) {
        return switch (condition) {
            case Condition.All all -> new AllNode(nodes(all.parts()));
            case Condition.Any any -> new AnyNode(nodes(any.parts()));
            case Condition.Not not -> new NotNode(node(not.part()));
            case Condition.Compare compare -> compare(compare);
            case Condition.Is is ->
                    new BoolNode((BoolColumn) column(is.attribute()), is.value(), parameters);
            case Condition.OneOf oneOf -> oneOf(oneOf.attribute(), oneOf.values());
            case Condition.Missing missing -> missing(column(missing.attribute()));
        };
    }

    private FilterNode[] nodes(List<Condition> parts) {
        return parts.stream()
                .map(this::node)
                .sorted(Comparator.comparingInt(FilterNode::cost))
                .toArray(FilterNode[]::new);
    }

    private FilterNode compare(Condition.Compare compare) {
        Column column = column(compare.attribute());
        boolean isDecimal = column instanceof Float64Column;
        LongCells cells =
                column instanceof Float64Column decimals
                        ? decimals.cells()
                        : ((Int64Column) column).cells();
        return new CompareNode(cells, compare.comparison(), compare.value(), isDecimal, parameters);
    }

    private FilterNode oneOf(Attribute attribute, List<Operand> values) {
        return switch (column(attribute)) {
            case CategoryColumn category ->
                    new CategoryNode(
                            category, new CodeSet(category.dictionary(), values, parameters));
            case TagsColumn tags ->
                    new TagsNode(tags, new CodeSet(tags.dictionary(), values, parameters));
            case Int64Column ignored -> throw noTexts(attribute);
            case Float64Column ignored -> throw noTexts(attribute);
            case BoolColumn ignored -> throw noTexts(attribute);
        };
    }

    private FilterNode missing(Column column) {
        return switch (column) {
            case Int64Column numbers -> KeyRangeNode.missing(numbers.cells());
            case Float64Column numbers -> KeyRangeNode.missing(numbers.cells());
            case TagsColumn tags -> KeyRangeNode.missing(tags.cells());
            case BoolColumn truths -> new BoolNode(truths, null, parameters);
            case CategoryColumn categories -> new MissingCategoryNode(categories);
        };
    }

    private Column column(Attribute attribute) {
        return table.column(attribute.name());
    }

    private static AssertionError noTexts(Attribute attribute) {
        return new AssertionError("the parser lets no texts pass for an " + attribute);
    }
}
