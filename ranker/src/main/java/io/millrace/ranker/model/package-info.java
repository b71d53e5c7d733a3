/**
 * What all models are made of: embeddings and the input that features give. {@link
 * io.millrace.ranker.model.FeatureInput} is the entry type: the one place where rows become
 * numbers, for training and for serving; {@link io.millrace.ranker.model.AttentionPass} adds what
 * follows from two rows, a user's sequence and a candidate. Weights may be read from any thread;
 * who writes them, in training, orders it. Gathering an input allocates nothing.
 */
@NullMarked
package io.millrace.ranker.model;

import org.jspecify.annotations.NullMarked;
