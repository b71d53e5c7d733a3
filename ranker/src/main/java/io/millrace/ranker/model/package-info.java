/**
 * What all models are made of: embeddings and the input that features give. {@link
 * io.millrace.ranker.model.FeatureInput} is the entry type: the one place where rows become
 * numbers, for training and for serving. Both types may be read from any thread; who writes
 * embeddings, in training, orders it. Gathering an input allocates nothing.
 */
@NullMarked
package io.millrace.ranker.model;

import org.jspecify.annotations.NullMarked;
