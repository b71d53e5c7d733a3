/**
 * Makes a bundle from a data set and the models trained on it, and opens one off line. {@link
 * io.millrace.data.bundle.BundleBuilder} is the entry type; {@link
 * io.millrace.data.bundle.OfflineBundle} is how tools read what it made. Building uses the threads
 * it is told to and gives the same bytes on any number of them; an open bundle may be read from any
 * thread. Vectors and graph are off heap.
 */
@NullMarked
package io.millrace.data.bundle;

import org.jspecify.annotations.NullMarked;
