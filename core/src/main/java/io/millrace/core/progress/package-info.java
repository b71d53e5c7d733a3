/**
 * How long work tells how far it is, without knowing who watches. {@link
 * io.millrace.core.progress.ProgressListener} is the entry type; the command line draws bars from
 * it and tests pass {@link io.millrace.core.progress.ProgressListener#NONE}. Stages may be advanced
 * from several threads at once. Advancing allocates nothing.
 */
@NullMarked
package io.millrace.core.progress;

import org.jspecify.annotations.NullMarked;
