/**
 * Files of rows, whatever their form. {@link io.millrace.data.importers.source.RowSource} is the
 * entry type; {@link io.millrace.data.importers.source.DelimitedFile} reads text. A source is read
 * by one thread. A row is a view that moves on, so reading allocates what the fields' texts need.
 */
@NullMarked
package io.millrace.data.importers.source;

import org.jspecify.annotations.NullMarked;
