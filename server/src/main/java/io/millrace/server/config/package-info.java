/**
 * The configuration of a server: one JSON object with defaults, checked as a whole.
 *
 * <p>Entry type: {@link io.millrace.server.config.ServerConfig}. Threading: immutable. Allocation:
 * free to allocate, read once.
 */
@NullMarked
package io.millrace.server.config;

import org.jspecify.annotations.NullMarked;
