/**
 * Reads logs and catalogues of other systems into a data set; a source is one subpackage, and its
 * importer the entry type, such as {@link io.millrace.data.importers.kuairand.KuaiRandImporter}.
 * This package holds what all of them are asked ({@link io.millrace.data.importers.ImportTask}) and
 * what they answer; {@code source} reads files, {@code table} turns users, items and events into a
 * data set. An import runs on the calling thread. Memory is that of the imported rows; events are
 * held as columns, not as objects.
 */
@NullMarked
package io.millrace.data.importers;

import org.jspecify.annotations.NullMarked;
