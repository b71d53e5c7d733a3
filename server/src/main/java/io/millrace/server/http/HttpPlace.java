package io.millrace.server.http;

import java.net.InetSocketAddress;

/**
 * Where a server listens.
 *
 * @param address to listen on
 * @param portKey of the configuration that names the port
 * @param threadName of the thread that listens
 */
public record HttpPlace(InetSocketAddress address, String portKey, String threadName) {}
