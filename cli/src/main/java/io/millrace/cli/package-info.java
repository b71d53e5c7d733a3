/**
 * The one executable: subcommands, progress and exit codes.
 *
 * <p>Entry type: {@link io.millrace.cli.Millrace}. Threading: commands run on the main thread and
 * join whatever they start. Allocation: free to allocate, nothing here is on the hot path.
 */
@NullMarked
package io.millrace.cli;

import org.jspecify.annotations.NullMarked;
