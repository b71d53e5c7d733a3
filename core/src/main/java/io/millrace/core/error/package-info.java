/**
 * The one exception of the project and the codes that say what kind of trouble it is. {@link
 * io.millrace.core.error.MillraceException} is the entry type; its factories fix the shape of the
 * message, and {@link io.millrace.core.error.Nearest} finds the name that was probably meant. All
 * may be used by any thread. Raising an exception allocates, so the hot path answers with negative
 * codes instead.
 */
@NullMarked
package io.millrace.core.error;

import org.jspecify.annotations.NullMarked;
