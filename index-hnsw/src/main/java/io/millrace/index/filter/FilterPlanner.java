package io.millrace.index.filter;

import io.millrace.index.attributes.Attribute;
import io.millrace.index.attributes.AttributeTable;
import io.millrace.index.attributes.BoolColumn;
import io.millrace.index.attributes.CategoryColumn;
import io.millrace.index.attributes.Column;
import io.millrace.index.attributes.Float64Column;
import io.millrace.index.attributes.Int64Column;
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
            case Condition.InInterval interval -> number(interval);
            case Condition.Is is ->
                    new BoolNode((BoolColumn) column(is.attribute()), is, parameters);
            case Condition.InCategory category ->
                    category(
                            (CategoryColumn) column(category.attribute()),
                            category.values(),
                            category.orMissing());
            case Condition.HasTags tags -> tags(tags);
            case Condition.Missing missing -> missing(column(missing.attribute()));
        };
    }

    private FilterNode[] nodes(List<Condition> parts) {
        return parts.stream()
                .map(this::node)
                .sorted(Comparator.comparingInt(FilterNode::cost))
                .toArray(FilterNode[]::new);
    }

    private FilterNode number(Condition.InInterval condition) {
        return column(condition.attribute()) instanceof Float64Column decimals
                ? new NumberNode(decimals.cells(), condition, true, parameters)
                : new NumberNode(
                        ((Int64Column) column(condition.attribute())).cells(),
                        condition,
                        false,
                        parameters);
    }

    private FilterNode category(CategoryColumn column, List<Operand> values, boolean orMissing) {
        return new CategoryNode(
                column, new CodeSet(column.dictionary(), values, orMissing, parameters));
    }

    private FilterNode tags(Condition.HasTags condition) {
        TagsColumn column = (TagsColumn) column(condition.attribute());
        CodeSet set = new CodeSet(column.dictionary(), condition.values(), false, parameters);
        return condition.isAll() ? new AllTagsNode(column, set) : new AnyTagNode(column, set);
    }

    private FilterNode missing(Column column) {
        return switch (column) {
            case Int64Column numbers -> RangesNode.missing(numbers.cells());
            case Float64Column numbers -> RangesNode.missing(numbers.cells());
            case TagsColumn tags -> RangesNode.missing(tags.cells());
            case BoolColumn truths -> new BoolNode(truths, null, parameters);
            case CategoryColumn categories -> category(categories, List.of(), true);
        };
    }

    private Column column(Attribute attribute) {
        return table.column(attribute.name());
    }
}
