/**
 * Trains all models of a bundle on a data set. {@link io.millrace.data.train.Training} is the entry
 * type; the models themselves are trained in the subpackages {@code tower} and {@code ranker}. A
 * training runs on the calling thread and pools of its own. The same data set, plan and seed give
 * the same folder, byte for byte.
 */
@NullMarked
package io.millrace.data.train;

import org.jspecify.annotations.NullMarked;
