/**
 * Makes a data set of a log of impressions and of what came of them. {@link
 * io.millrace.data.importers.impressions.ImpressionImporter} is the entry type. One thread; memory
 * is that of the users' rows, the outcomes and the events.
 */
@NullMarked
package io.millrace.data.importers.impressions;

import org.jspecify.annotations.NullMarked;
