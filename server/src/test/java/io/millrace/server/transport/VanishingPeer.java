package io.millrace.server.transport;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;

/**
 * A client of a port on loopback that can go away without a word, as one whose machine loses power:
 * by Linux's repair mode of sockets, in which closing sends nothing. It takes a privilege
 * (CAP_NET_ADMIN).
 */
final class VanishingPeer implements AutoCloseable {
    private static final int INTERNET = 2;
    private static final int STREAM = 1;
    private static final int TCP_LEVEL = 6;
    private static final int TCP_REPAIR = 19;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle SOCKET = function("socket", ints(3));
    private static final MethodHandle CONNECT =
            function(
                    "connect",
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT,
                            ValueLayout.JAVA_INT,
                            ValueLayout.ADDRESS,
                            ValueLayout.JAVA_INT));
    private static final MethodHandle SET_OPTION =
            function(
                    "setsockopt",
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT,
                            ValueLayout.JAVA_INT,
                            ValueLayout.JAVA_INT,
                            ValueLayout.JAVA_INT,
                            ValueLayout.ADDRESS,
                            ValueLayout.JAVA_INT));
    private static final MethodHandle CLOSE = function("close", ints(1));

    private final int descriptor;

    private VanishingPeer(int descriptor) {
        this.descriptor = descriptor;
    }

    /** Connects, where this process may vanish. */
    static Optional<VanishingPeer> connect(int port) {
        VanishingPeer peer = new VanishingPeer(call(SOCKET, INTERNET, STREAM, 0));
        if (!peer.setRepair(1) || !peer.setRepair(0)) {
            peer.close();
            return Optional.empty();
        }
        byte[] address =
                ByteBuffer.allocate(16)
                        .order(ByteOrder.nativeOrder())
                        .putShort((short) INTERNET)
                        .order(ByteOrder.BIG_ENDIAN)
                        .putShort((short) port)
                        .put(new byte[] {127, 0, 0, 1})
                        .array();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment place = arena.allocateFrom(ValueLayout.JAVA_BYTE, address);
            int result = call(CONNECT, peer.descriptor, place, address.length);
            if (result != 0) {
                peer.close();
                throw new AssertionError("not connected: port=" + port + ", result=" + result);
            }
        }
        return Optional.of(peer);
    }

    private boolean setRepair(int value) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment option = arena.allocateFrom(ValueLayout.JAVA_INT, value);
            return call(SET_OPTION, descriptor, TCP_LEVEL, TCP_REPAIR, option, Integer.BYTES) == 0;
        }
    }

    /** Its end of the connection is no more, and nobody was told. */
    void vanish() {
        if (!setRepair(1)) {
            throw new AssertionError("cannot vanish");
        }
        close();
    }

    @Override
    public void close() {
        call(CLOSE, descriptor);
    }

    private static int call(MethodHandle function, Object... arguments) {
        try {
            return (int) function.invokeWithArguments(arguments);
        } catch (Throwable t) {
            throw new AssertionError("not called: " + function, t);
        }
    }

    private static FunctionDescriptor ints(int arguments) {
        ValueLayout[] layouts = new ValueLayout[arguments];
        Arrays.fill(layouts, ValueLayout.JAVA_INT);
        return FunctionDescriptor.of(ValueLayout.JAVA_INT, layouts);
    }

    @SuppressWarnings("restricted")
    private static MethodHandle function(String name, FunctionDescriptor descriptor) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), descriptor);
    }
}
