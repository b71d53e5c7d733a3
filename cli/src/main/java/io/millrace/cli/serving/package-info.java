/**
 * The commands that run a server or talk to one. One class a command; {@link
 * io.millrace.cli.serving.ServeCommand} is the entry type. Commands run on the main thread, which
 * waits for what they start. Free to allocate.
 */
@NullMarked
package io.millrace.cli.serving;

import org.jspecify.annotations.NullMarked;
