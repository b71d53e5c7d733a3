/**
 * Which rows a search may answer. {@link io.millrace.index.filter.OrdinalSet} says it as one bit
 * per ordinal, {@link io.millrace.index.filter.FilterPlan} works it out from a predicate over the
 * columns of a table: for one row, or for all of them, 64 rows a word. A plan belongs to one
 * thread; a set may be read by many once it is filled. Testing, filling and estimating allocate
 * nothing.
 */
@NullMarked
package io.millrace.index.filter;

import org.jspecify.annotations.NullMarked;
