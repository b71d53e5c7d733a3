/**
 * A data set as every later step reads it, whatever it was made from: schema, user rows, item rows,
 * impressions to train on and to test on. {@link io.millrace.data.dataset.Dataset} is the entry
 * type for reading, {@link io.millrace.data.dataset.DatasetWriter} for writing. An open data set
 * may be read from any thread, a writer belongs to one. Columns are mapped, so reading allocates
 * nothing.
 */
@NullMarked
package io.millrace.data.dataset;

import org.jspecify.annotations.NullMarked;
