/**
 * The command that asks a server once, and its subcommands. {@link
 * io.millrace.cli.query.QueryCommand} is the entry type; each kind of request has a class of its
 * own, and what is answered is printed by the texts. Commands run on the main thread, which waits
 * for the answer. Free to allocate.
 */
@NullMarked
package io.millrace.cli.query;

import org.jspecify.annotations.NullMarked;
