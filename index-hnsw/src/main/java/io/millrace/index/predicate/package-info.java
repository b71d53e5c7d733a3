/**
 * The language that items are filtered with: {@code price < 10 and category in ('shoes', 'bags')}.
 * {@link io.millrace.index.predicate.Predicate} is the entry type: it reads a text, holds it
 * against a schema, and gives {@link io.millrace.index.predicate.Condition}s that know their
 * attributes. All of it is immutable and done once per text, never on the hot path. What a
 * condition means is in {@code docs/filters.md}; what it costs is up to who evaluates it.
 */
@NullMarked
package io.millrace.index.predicate;

import org.jspecify.annotations.NullMarked;
