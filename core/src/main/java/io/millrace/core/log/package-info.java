/**
 * Logs: folders of files that records are appended to one after the other, each under a checksum of
 * its own, and that are rolled by size and age. {@link io.millrace.core.log.RollingLog} writes one,
 * {@link io.millrace.core.log.LogFileReader} reads a file of it, whatever a killed process left at
 * its end. Both belong to one thread. Appending allocates nothing but a new file now and then.
 */
@NullMarked
package io.millrace.core.log;

import org.jspecify.annotations.NullMarked;
