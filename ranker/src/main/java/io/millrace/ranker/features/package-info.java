/**
 * What is known of users, items and the moment, declared once and laid out the same way for
 * training and for serving. {@link io.millrace.ranker.features.FeatureSchema} is the entry type: it
 * owns the fields, the vocabularies and the row layouts that {@link
 * io.millrace.ranker.features.RowTable} stores. Everything but the builders is immutable and may be
 * read from any thread. Reading a row and encoding a context allocate nothing.
 */
@NullMarked
package io.millrace.ranker.features;

import org.jspecify.annotations.NullMarked;
