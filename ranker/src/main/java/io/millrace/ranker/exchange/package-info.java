/**
 * Models that were trained elsewhere. {@link io.millrace.ranker.exchange.DescribedNetwork} makes a
 * network of a {@code safetensors} file whose tensors have the usual names or are named by a small
 * JSON description, {@link io.millrace.ranker.exchange.OnnxNetwork} makes one of an ONNX file. Any
 * thread. Reading allocates no more than a few times the length of the files, whatever they say.
 */
@NullMarked
package io.millrace.ranker.exchange;

import org.jspecify.annotations.NullMarked;
