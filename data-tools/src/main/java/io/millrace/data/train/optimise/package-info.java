/**
 * What all trainers share: weights with gradients and the optimiser's state, and the cutting of
 * work. {@link io.millrace.data.train.optimise.TableTrainer} serves embeddings of which a batch
 * touches a few rows, {@link io.millrace.data.train.optimise.DenseTrainer} the rest. Sums are made
 * in a fixed order, so results do not depend on the number of threads. After the first batches
 * nothing is allocated.
 */
@NullMarked
package io.millrace.data.train.optimise;

import org.jspecify.annotations.NullMarked;
