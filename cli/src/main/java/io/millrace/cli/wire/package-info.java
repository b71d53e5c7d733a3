/**
 * The wire protocol for languages other than Java. {@link io.millrace.cli.wire.CodecsCommand} is
 * the entry type; it makes sources out of the schema that the server itself is made from, by the
 * generators of SBE. One command at a time runs. Free to allocate.
 */
@NullMarked
package io.millrace.cli.wire;

import org.jspecify.annotations.NullMarked;
