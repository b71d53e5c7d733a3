/**
 * What every module of Millrace leans on and nothing else: the marker for hot code lives here,
 * everything with a topic of its own lives in a subpackage. Start at {@link
 * io.millrace.core.HotPath}, then read the subpackage named after what you need. There is no state
 * here, so nothing to say about threads. Nothing here allocates.
 */
@NullMarked
package io.millrace.core;

import org.jspecify.annotations.NullMarked;
