/**
 * Progress of long work on the error stream: a bar where that is a terminal, sparse lines
 * elsewhere. {@link io.millrace.cli.progress.Progress} is the entry type; {@link
 * io.millrace.cli.progress.RedrawnBlock} shows what needs more than a bar. Stages may be advanced
 * by any thread. Advancing allocates nothing to speak of.
 */
@NullMarked
package io.millrace.cli.progress;

import org.jspecify.annotations.NullMarked;
