/**
 * Any log as a data set, by a file that says what its columns mean. {@link
 * io.millrace.data.importers.mapped.MappedImporter} is the entry type, {@link
 * io.millrace.data.importers.mapped.Mapping} the file. It runs on the calling thread. Memory is
 * that of the events and of the rows.
 */
@NullMarked
package io.millrace.data.importers.mapped;

import org.jspecify.annotations.NullMarked;
