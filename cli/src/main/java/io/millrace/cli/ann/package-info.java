/**
 * The commands that measure and plan the vector index. {@link io.millrace.cli.ann.AnnCommand} and
 * {@link io.millrace.cli.ann.PlanCommand} are the entry types. Runs on the main thread; the build
 * uses threads of its own. Free to allocate.
 */
@NullMarked
package io.millrace.cli.ann;

import org.jspecify.annotations.NullMarked;
