package io.millrace.index.filter;

import io.millrace.core.HotPath;

/** A condition made of others, the cheapest first. */
abstract class GroupNode extends FilterNode {
    final FilterNode[] parts;

    GroupNode(FilterNode[] parts) {
        this.parts = parts;
    }

    @Override
    @HotPath
    final void prepare() {
        for (FilterNode part : parts) {
            part.prepare();
        }
    }

    @Override
    @HotPath
    final void refresh() {
        for (FilterNode part : parts) {
            part.refresh();
        }
    }

    @Override
    final int cost() {
        int sum = 0;
        for (FilterNode part : parts) {
            sum += part.cost();
        }
        return sum;
    }
}
