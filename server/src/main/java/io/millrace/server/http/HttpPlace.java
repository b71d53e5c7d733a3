package io.millrace.server.http;

import io.millrace.server.security.ServerSecurity;

import java.net.InetSocketAddress;

/**
 * Where a server listens.
 *
 * @param address to listen on
 * @param portKey of the configuration that names the port
 * @param threadName of the thread that listens
 * @param security guards the port
 */
public record HttpPlace(
        InetSocketAddress address, String portKey, String threadName, ServerSecurity security) {}
