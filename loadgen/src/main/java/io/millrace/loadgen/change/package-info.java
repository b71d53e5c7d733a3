/**
 * Feedback, updates, upserts and deletions of a load: how much of it they are, and their frames. A
 * {@link io.millrace.loadgen.change.ChangeMix} says what is changed, and {@link
 * io.millrace.loadgen.change.ChangeFrames} encodes it. Frames belong to the one thread that sends
 * the load, everything else is immutable. All frames are encoded before the start; sending one
 * writes ids into it and allocates nothing.
 */
@NullMarked
package io.millrace.loadgen.change;

import org.jspecify.annotations.NullMarked;
