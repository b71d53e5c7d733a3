/**
 * Click models for data sets that hold impressions and no histories, as ad logs do. {@link
 * io.millrace.data.clicks.ClickTraining} is the entry type. A training runs on the calling thread
 * and a pool of its own. The same data set, plan and seed give the same folder, byte for byte.
 */
@NullMarked
package io.millrace.data.clicks;

import org.jspecify.annotations.NullMarked;
