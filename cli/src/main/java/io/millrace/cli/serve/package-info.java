/**
 * The commands that run a server or do something with one by its admin port, and how any command
 * finds a server and is let in by it. One class a command; {@link
 * io.millrace.cli.serve.ServeCommand} is the entry type, and {@link io.millrace.cli.serve.Target}
 * says where a server is. Commands run on the main thread, which waits for what they start. Free to
 * allocate.
 */
@NullMarked
package io.millrace.cli.serve;

import org.jspecify.annotations.NullMarked;
