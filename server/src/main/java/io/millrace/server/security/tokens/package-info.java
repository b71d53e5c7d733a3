/**
 * What files of tokens say: for each token its name, its roles and its rate, and of the token
 * itself a hash alone. {@link io.millrace.server.security.tokens.TokenFile} is the entry type,
 * {@link io.millrace.server.security.tokens.Permission} what a role is needed for. All types are
 * immutable or without state, for any thread. Reading a file allocates, asking whether a role is
 * enough does not.
 */
@NullMarked
package io.millrace.server.security.tokens;

import org.jspecify.annotations.NullMarked;
