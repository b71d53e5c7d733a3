package io.millrace.server.funnel.rows;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.index.VectorIndex;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.features.FeatureScope;
import io.millrace.ranker.features.RowLayout;
import io.millrace.ranker.store.FeatureStore;
import io.millrace.ranker.store.ItemRowMirror;
import io.millrace.ranker.store.RowReader;
import io.millrace.server.funnel.attributes.AttributeChanges;
import io.millrace.server.living.LivingItems;
import io.millrace.server.request.Answer;
import io.millrace.server.request.Refusal;
import io.millrace.server.request.Request;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Brings updates and upserts into the rows of users and items, and into the attributes of items.
 *
 * <p>Threading: one thread at a time; who else changes rows of users by what they hold locks their
 * store as this does.
 */
public final class RowChanges {
    private final UpdateReader updates;
    private final LivingItems living;
    private final FeatureStore users;
    private final ItemRowMirror items;
    private final @Nullable AttributeChanges attributes;
    private final RowReader userReader;
    private final MemorySegment userRow;
    private final MemorySegment itemRow;

    /**
     * Changes.
     *
     * @param updates reads them
     * @param living which items there are
     * @param users rows of the users
     * @param items rows of the items
     * @param attributes what requests filter by; null where that is nothing
     */
    public RowChanges(
            UpdateReader updates,
            LivingItems living,
            FeatureStore users,
            ItemRowMirror items,
            @Nullable AttributeChanges attributes) {
        this.updates = updates;
        this.living = living;
        this.users = users;
        this.items = items;
        this.attributes = attributes;
        userReader = users.newReader();
        userRow = allocate(users.layout());
        itemRow = allocate(items.layout());
    }

    private static MemorySegment allocate(RowLayout layout) {
        return Arena.ofAuto().allocate(layout.rowBytes(), RowLayout.ROW_ALIGNMENT_BYTES);
    }

    /** Makes an update; where the answer says why not, nothing is changed. */
    public void apply(Request request, Answer answer) {
        RowPatch patch = updates.read(request, answer);
        if (patch == null) {
            return;
        }
        if (request.scope() == FeatureScope.USER) {
            updateUser(UpdateReader.idOf(request), patch, answer);
        } else {
            updateItem(ordinalOf(request), patch, request);
        }
    }

    private void updateUser(long userId, RowPatch patch, Answer answer) {
        synchronized (users) {
            if (!userReader.readInto(userId, userRow, 0)) {
                users.layout().clear(userRow, 0);
            }
            patch.applyTo(userRow, 0);
            try {
                users.put(userId, userRow, 0);
            } catch (MillraceException e) {
                if (e.code() != ErrorCode.LIMIT) {
                    throw e;
                }
                answer.refuse(Refusal.ROOM, "no room for another user, nothing is changed");
            }
        }
    }

    private void updateItem(int ordinal, RowPatch patch, Request request) {
        long offset = items.offset(ordinal);
        MemorySegment.copy(items.segment(), offset, itemRow, 0, itemRow.byteSize());
        patch.applyTo(itemRow, 0);
        items.update(ordinal, itemRow, 0);
        if (attributes != null) {
            attributes.update(ordinal, request.candidates().columns());
        }
    }

    /**
     * Makes the row of an upserted item.
     *
     * @return false where the answer says why nothing is changed
     */
    public boolean upsert(Request request, Answer answer) {
        RowPatch patch = updates.read(request, answer);
        if (patch == null) {
            return false;
        }
        long itemId = UpdateReader.idOf(request);
        int ordinal = living.reserve(itemId);
        if (living.isLater(ordinal)) {
            patch.fill(itemRow, 0, FeatureField.UNSEEN);
            items.put(ordinal, itemId, itemRow, 0);
        } else {
            patch.fill(itemRow, 0, FeatureField.FIRST + ordinal);
            items.update(ordinal, itemRow, 0);
        }
        if (attributes != null) {
            attributes.upsert(ordinal, request.candidates().columns());
        }
        return true;
    }

    /** Ordinal of the item that an update is about, or {@link VectorIndex#NO_ORDINAL}. */
    public int ordinalOf(Request request) {
        return updates.ordinalOf(request);
    }
}
