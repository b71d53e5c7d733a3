/**
 * The one exception of the project and the codes that say what kind of trouble it is. {@link
 * io.millrace.core.error.MillraceException} is the entry type; its factories fix the shape of the
 * message. Both types are immutable and may be shared between threads. Raising an exception
 * allocates, so the hot path answers with negative codes instead.
 */
@NullMarked
package io.millrace.core.error;

import org.jspecify.annotations.NullMarked;
