package io.millrace.server.admin;

import io.millrace.core.error.MillraceException;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.config.ServerConfig.NetworkConfig;
import io.millrace.server.gateway.Gateway;
import io.millrace.server.http.HttpLimits;
import io.millrace.server.http.HttpPlace;
import io.millrace.server.http.HttpServer;
import io.millrace.server.http.Route;
import io.millrace.server.transport.ListenAddress;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;

/**
 * The admin port: pages for operators and their tools, and the gateway for requests in JSON.
 *
 * <p>Threading: one thread of its own, and one of low priority for what it gathers; any thread may
 * close.
 */
public final class AdminServer implements AutoCloseable {
    /** A number of eight bytes is written with up to about twenty letters. */
    private static final int BODY_BYTES_PER_FRAME_BYTE = 4;

    private final ExecutorService pages = LaterAnswers.newPageThread();
    private final HttpServer http;

    private AdminServer(ServerConfig config, AdminSource source) {
        NetworkConfig network = config.network();
        InetSocketAddress address =
                ListenAddress.resolve(config, network.adminHost(), network.adminPort());
        HttpLimits limits =
                new HttpLimits(
                        config.admin().connections(),
                        BODY_BYTES_PER_FRAME_BYTE * config.limits().frameBytes(),
                        config.admin().waitMs(),
                        config.limits().drainMs());
        boolean isLocal = address.getAddress().isLoopbackAddress();
        http =
                HttpServer.start(
                        new HttpPlace(
                                address, "network.adminPort", "millrace-admin", source.security()),
                        limits,
                        source.httpRefusals(),
                        loop -> {
                            LaterAnswers later = new LaterAnswers(loop, pages);
                            List<Route> routes = new ArrayList<>();
                            routes.addAll(new AdminPages(source, later).routes());
                            routes.add(new FlightPage(later).route());
                            routes.addAll(new BundlePages(source, isLocal).routes());
                            routes.add(new ReloadPage(later, source.security(), isLocal).route());
                            routes.addAll(
                                    new Gateway(
                                                    loop,
                                                    source::frames,
                                                    isLocal,
                                                    source.security().innerToken())
                                            .routes());
                            return routes;
                        });
    }

    /**
     * Starts answering.
     *
     * @param config where to listen, and how much it takes
     * @param source where answers come from
     * @return a server that listens
     * @throws MillraceException when the port is in use or the address may not be listened on
     */
    public static AdminServer start(ServerConfig config, AdminSource source) {
        return new AdminServer(config, source);
    }

    /**
     * Where the server listens.
     *
     * @return the port that was bound
     */
    public int port() {
        return http.port();
    }

    @Override
    public void close() {
        http.close();
        pages.shutdownNow();
    }
}
