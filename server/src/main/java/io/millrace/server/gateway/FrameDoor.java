package io.millrace.server.gateway;

import io.millrace.server.funnel.Catalogue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * Where frames are served, and the names that frames know by number.
 *
 * @param address to connect to
 * @param contextFields names of the fields of the context, in their order
 */
public record FrameDoor(InetSocketAddress address, List<String> contextFields) {
    /** Copies the names. */
    public FrameDoor {
        contextFields = List.copyOf(contextFields);
    }

    /**
     * The door of a server.
     *
     * @param bound address that it listens on
     * @param catalogue of what it serves
     * @return where to connect from the same machine
     */
    public static FrameDoor of(InetSocketAddress bound, Catalogue catalogue) {
        InetSocketAddress address =
                bound.getAddress().isAnyLocalAddress()
                        ? new InetSocketAddress(InetAddress.getLoopbackAddress(), bound.getPort())
                        : bound;
        return new FrameDoor(
                address,
                catalogue.contextFields().stream().map(Catalogue.ContextField::name).toList());
    }
}
