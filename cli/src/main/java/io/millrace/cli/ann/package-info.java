/**
 * The command that measures the vector index. {@link io.millrace.cli.ann.AnnCommand} is the entry
 * type. Runs on the main thread; the build uses threads of its own. Free to allocate.
 */
@NullMarked
package io.millrace.cli.ann;

import org.jspecify.annotations.NullMarked;
