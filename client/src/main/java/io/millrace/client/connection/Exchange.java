package io.millrace.client.connection;

import io.millrace.core.error.MillraceException;

import org.agrona.DirectBuffer;

import java.nio.ByteBuffer;

/** A request that is put on a connection, and what it is told of: one of the three, once. */
interface Exchange {
    /** The frame to send. */
    ByteBuffer leaving(long correlationId, long nowNs);

    /** A sound frame came with its correlation id; valid during the call. */
    void answered(DirectBuffer frame);

    /** A frame came with its correlation id that can't be read. */
    void unreadable(MillraceException why);

    /** The connection ended first; whether anything of the frame may have reached the server. */
    void lost(MillraceException why, boolean isWritten);
}
