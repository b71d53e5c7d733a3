/**
 * What items can be filtered by: declared attributes, one column each, by ordinal and off heap.
 * {@link io.millrace.index.attributes.AttributeTable} holds them, {@link
 * io.millrace.index.attributes.AttributeFile} keeps them, {@link
 * io.millrace.index.attributes.AttributeJsonLines} fills them from a file. One thread writes at a
 * time, any number read meanwhile without locks and never see a part of a value. Reading codes and
 * numbers allocates nothing; a table must be closed.
 */
@NullMarked
package io.millrace.index.attributes;

import org.jspecify.annotations.NullMarked;
