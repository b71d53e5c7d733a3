package io.millrace.server.transport;

import org.jspecify.annotations.Nullable;

/**
 * A funnel as one event loop serves it: slots for its requests, and the dispatcher that reads them.
 *
 * <p>Threading: the event loop. Ownership: its slots, whose memory {@link #retire} frees when the
 * last one is back.
 */
final class LaneFunnel {
    private final ServedFunnel served;
    private final SlotPool slots;
    private final FrameDispatcher dispatcher;
    private @Nullable Runnable retired;

    LaneFunnel(IoLane lane, ServedFunnel served, int maxInFlight, String version) {
        this.served = served;
        slots = new SlotPool(lane, this, maxInFlight, served.limits());
        dispatcher = new FrameDispatcher(lane, served.limits(), served.catalogue(), version);
    }

    ServedFunnel served() {
        return served;
    }

    FrameDispatcher dispatcher() {
        return dispatcher;
    }

    @Nullable RequestSlot acquire() {
        return slots.acquire();
    }

    int inFlight() {
        return slots.inFlight();
    }

    void release(RequestSlot slot) {
        slots.release(slot);
        freeWhenRetired();
    }

    /**
     * No request begins here any more.
     *
     * @param whenIdle called as soon as none is in flight
     */
    void retire(Runnable whenIdle) {
        retired = whenIdle;
        freeWhenRetired();
    }

    private void freeWhenRetired() {
        Runnable whenIdle = retired;
        if (whenIdle != null && slots.inFlight() == 0) {
            retired = null;
            slots.free();
            dispatcher.free();
            whenIdle.run();
        }
    }
}
