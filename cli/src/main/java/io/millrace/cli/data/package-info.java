/**
 * The commands that make things of files: data sets, models, bundles and their figures. One class a
 * command; {@link io.millrace.cli.data.SimulateCommand} is the simplest. Each runs on the main
 * thread and hands the work to {@code data-tools}. Free to allocate.
 */
@NullMarked
package io.millrace.cli.data;

import org.jspecify.annotations.NullMarked;
