/**
 * The ranker's network in training: a batch forwards and backwards, and its dense weights learnt.
 * {@link io.millrace.data.train.dcn.DcnGradients} is the whole of it, for every shape that {@link
 * io.millrace.ranker.dcn.network.DcnShape} can name. Rows are independent of each other on the way
 * through the network, parts of the weights while they are learnt, so threads share either out and
 * the result does not depend on their number. In the formulas {@code dy} stands for the gradient of
 * the loss by {@code y}.
 */
@NullMarked
package io.millrace.data.train.dcn;

import org.jspecify.annotations.NullMarked;
