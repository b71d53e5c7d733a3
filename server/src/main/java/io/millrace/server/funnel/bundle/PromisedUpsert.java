package io.millrace.server.funnel.bundle;

import io.millrace.server.change.Change;
import io.millrace.server.funnel.rows.UpdateReader;
import io.millrace.server.living.LivingItems;
import io.millrace.server.request.Answer;
import io.millrace.server.request.Refusal;
import io.millrace.server.request.Request;

import org.agrona.DirectBuffer;

/**
 * An upsert on its way to the disk, whose item is sure to find room when it has come there.
 *
 * @param change the upsert
 * @param living promises room
 */
record PromisedUpsert(Change change, LivingItems living) implements Change {
    /** Has room promised; false where there is none, which the answer says. */
    boolean begin() {
        boolean isPromised = living.promise(UpdateReader.idOf(request()));
        if (!isPromised) {
            answer().refuse(Refusal.ROOM, "no room for another upserted item: limit=")
                    .append(living.upserted().room())
                    .append("; raise changes.maxUpserted, or serve a bundle that has them");
        }
        return isPromised;
    }

    /** Nothing comes of it, or what could come of it has. */
    void release() {
        living.release(UpdateReader.idOf(request()));
    }

    @Override
    public DirectBuffer frame() {
        return change.frame();
    }

    @Override
    public int frameBytes() {
        return change.frameBytes();
    }

    @Override
    public Request request() {
        return change.request();
    }

    @Override
    public Answer answer() {
        return change.answer();
    }

    @Override
    public void finish() {
        // The caller may use the request anew once it is finished.
        release();
        change.finish();
    }
}
