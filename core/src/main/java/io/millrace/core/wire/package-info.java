/**
 * The wire protocol: where things are inside a frame, how large they may be, and how a request
 * ends.
 *
 * <p>Entry types: {@link io.millrace.core.wire.FrameLayout} and the codecs that SBE generates from
 * {@code millrace-wire.xml} into {@code io.millrace.core.wire.codec}; {@code docs/protocol.md}
 * draws them. Threading: everything here is stateless and free to share, the codecs are flyweights
 * of one thread each. Allocation: none.
 */
@NullMarked
package io.millrace.core.wire;

import org.jspecify.annotations.NullMarked;
