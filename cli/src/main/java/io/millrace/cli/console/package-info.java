/**
 * What all commands share: options, errors in one line, numbers and tables for people. {@link
 * io.millrace.cli.console.CommonOptions} is the entry type. Commands use it from the main thread.
 * Free to allocate.
 */
@NullMarked
package io.millrace.cli.console;

import org.jspecify.annotations.NullMarked;
