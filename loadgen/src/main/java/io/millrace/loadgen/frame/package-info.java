/**
 * The requests of a load as frames, and what their answers must be. {@link
 * io.millrace.loadgen.frame.LoadFrames} is the entry type; it encodes each kind of request once and
 * writes ids into it for each one that is sent. Frames and checks belong to the one thread that
 * sends the load. Nothing is allocated after construction, but for long lists and error texts.
 */
@NullMarked
package io.millrace.loadgen.frame;

import org.jspecify.annotations.NullMarked;
