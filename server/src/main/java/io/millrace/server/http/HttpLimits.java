package io.millrace.server.http;

/**
 * How much a server takes.
 *
 * @param connections open at once; more are refused
 * @param bodyBytes longest body of a request
 * @param waitMs time that a peer may take for its next request, and for reading an answer
 * @param drainMs time that a stopping server waits for answers under way
 */
public record HttpLimits(int connections, int bodyBytes, int waitMs, int drainMs) {}
