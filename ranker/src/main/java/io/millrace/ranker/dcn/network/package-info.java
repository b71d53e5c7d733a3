/**
 * The dense weights of a Deep &amp; Cross Network: shape, cross layers, deep layers, head. {@link
 * io.millrace.ranker.dcn.network.DcnNetwork} is the entry type, made of a {@link
 * io.millrace.ranker.dcn.network.DcnShape}. Weights may be read from any thread; who changes them,
 * in training, lets nobody read meanwhile. A network allocates all its weights when it is made.
 */
@NullMarked
package io.millrace.ranker.dcn.network;

import org.jspecify.annotations.NullMarked;
