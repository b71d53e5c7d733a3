/**
 * Display-advertising logs in the form of Criteo's as a data set of impressions alone. {@link
 * io.millrace.data.importers.criteo.CriteoImporter} is the entry type, {@link
 * io.millrace.data.importers.criteo.CriteoColumns} knows the form. It runs on the calling thread.
 * An impression takes about 300 bytes outside the heap while it is imported.
 */
@NullMarked
package io.millrace.data.importers.criteo;

import org.jspecify.annotations.NullMarked;
