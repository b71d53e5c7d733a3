package io.millrace.loadgen;

import org.agrona.DirectBuffer;

/** Told what arrives on a connection, on the event loop. */
interface FrameListener {
    /**
     * A sound frame has arrived.
     *
     * @param nowNs when its bytes were read.
     */
    void frame(LoadConnection connection, DirectBuffer buffer, int frame, long nowNs);

    /** The connection has ended; told once. */
    void closed(LoadConnection connection, String why);
}
