/**
 * Reads logs and catalogues of other systems into a data set. {@link
 * io.millrace.data.importers.KuaiRandImporter} is the entry type so far; {@link
 * io.millrace.data.importers.DelimitedFile} and {@link io.millrace.data.importers.Rejects} serve
 * all importers. An import runs on the calling thread. Memory is that of the imported rows;
 * impressions are held as columns, not as objects.
 */
@NullMarked
package io.millrace.data.importers;

import org.jspecify.annotations.NullMarked;
