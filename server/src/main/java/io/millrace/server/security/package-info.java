/**
 * Who may speak to the server and who may do what: TLS with certificates that are renewed while it
 * serves, and tokens with roles and rates.
 *
 * <p>Entry type: {@link io.millrace.server.security.ServerSecurity}. Threading: files are read at
 * the start and on {@code millrace-security-0}; a {@link io.millrace.server.security.Gate} belongs
 * to its connection's event loop. Allocation: none for a request of a connection that has brought
 * its token. No token and no hash of one is ever logged, told or kept in a configuration.
 */
@NullMarked
package io.millrace.server.security;

import org.jspecify.annotations.NullMarked;
