/**
 * The way of numbers through a network, some rows at a time. {@link
 * io.millrace.ranker.dcn.pass.DcnBatch} is the entry type; {@link
 * io.millrace.ranker.dcn.pass.DcnRowScorer} and {@link io.millrace.ranker.dcn.pass.DcnHalvesScorer}
 * run it where features are made elsewhere. All of it belongs to one thread, over weights that do
 * not change any more. After construction nothing is allocated.
 */
@NullMarked
package io.millrace.ranker.dcn.pass;

import org.jspecify.annotations.NullMarked;
