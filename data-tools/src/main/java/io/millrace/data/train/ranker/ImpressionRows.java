package io.millrace.data.train.ranker;

import io.millrace.core.simd.AdamStep;
import io.millrace.core.simd.ElementKernels;
import io.millrace.core.simd.Kernels;
import io.millrace.core.simd.VectorKernels;
import io.millrace.data.dataset.Dataset;
import io.millrace.data.dataset.InteractionTable;
import io.millrace.data.train.checkpoint.TrainingState;
import io.millrace.data.train.optimise.TableTrainer;
import io.millrace.ranker.dcn.RankerInput;
import io.millrace.ranker.features.FeatureField;
import io.millrace.ranker.model.AttentionPass;
import io.millrace.ranker.model.EmbeddingTable;
import io.millrace.ranker.model.FeatureInput;
import io.millrace.ranker.model.MatchPass;
import io.millrace.ranker.model.SequenceMatch;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/**
 * Brings impressions into the ranker's input, and the gradients of that input back to the
 * embeddings they came from.
 *
 * <p>Threading: groups may be gathered side by side; tables may be scattered to side by side.
 */
final class ImpressionRows {
    private static final ElementKernels ELEMENTS = Kernels.element();
    private static final VectorKernels VECTORS = Kernels.vector();

    private final Dataset dataset;
    private final InteractionTable events;
    private final RankerInput input;
    private final List<AttentionGradients> attentions;

    /** Rows for batches of so many impressions. */
    ImpressionRows(Dataset dataset, InteractionTable events, RankerInput input, int batch) {
        this.dataset = dataset;
        this.events = events;
        this.input = input;
        this.attentions =
                input.attentions().stream()
                        .map(each -> new AttentionGradients(each, input.width(), batch))
                        .toList();
    }

    InteractionTable events() {
        return events;
    }

    /** Writes the rows of some groups of a batch. */
    void gather(ImpressionBatch batch, int fromGroup, int toGroup, float[] inputs) {
        int width = input.width();
        for (int group = fromGroup; group < toGroup; group++) {
            int first = batch.groupStart(group);
            gatherUser(batch, group, inputs, first * width);
            for (int row = first; row < batch.groupStart(group + 1); row++) {
                if (row > first) {
                    System.arraycopy(inputs, first * width, inputs, row * width, input.contextAt());
                }
                gatherContextAndItem(batch, row, inputs, row * width);
            }
        }
        gatherMatches(batch, fromGroup, toGroup, inputs);
        for (AttentionGradients attention : attentions) {
            AttentionPass pass = attention.pass(inputs);
            for (int group = fromGroup; group < toGroup; group++) {
                int first = batch.groupStart(group);
                pass.begin(dataset.users().segment(), userOffset(batch, group));
                pass.run(first, batch.groupStart(group + 1) - first);
            }
        }
    }

    /** Nothing can be compared with an item whose id is hidden, as with one that came later. */
    private void gatherMatches(ImpressionBatch batch, int fromGroup, int toGroup, float[] inputs) {
        for (SequenceMatch match : input.matches()) {
            MatchPass pass = new MatchPass(match);
            for (int group = fromGroup; group < toGroup; group++) {
                pass.begin(dataset.users().segment(), userOffset(batch, group));
                for (int row = batch.groupStart(group); row < batch.groupStart(group + 1); row++) {
                    int at = row * input.width();
                    if (batch.isItemAnonymous(row)) {
                        match.writeMissing(inputs, at);
                        continue;
                    }
                    long offset = dataset.items().offset(events.item(batch.shown(row)));
                    pass.writeInto(dataset.items().segment(), offset, inputs, at);
                }
            }
        }
    }

    private long userOffset(ImpressionBatch batch, int group) {
        return dataset.users().offset(events.user(batch.event(batch.groupStart(group))));
    }

    private void gatherUser(ImpressionBatch batch, int group, float[] inputs, int at) {
        long offset = userOffset(batch, group);
        input.user().gatherInto(dataset.users().segment(), offset, inputs, at);
        if (batch.isUserAnonymous(group)) {
            hideId(input.user(), FeatureField.USER_TABLE, inputs, at);
        }
    }

    private void gatherContextAndItem(ImpressionBatch batch, int row, float[] inputs, int at) {
        long event = batch.event(row);
        int itemAt = at + input.sharedWidth();
        input.context()
                .gatherInto(
                        events.contextSegment(),
                        events.contextOffset(event),
                        inputs,
                        at + input.contextAt());
        long offset = dataset.items().offset(events.item(batch.shown(row)));
        input.item().gatherInto(dataset.items().segment(), offset, inputs, itemAt);
        if (batch.isItemAnonymous(row)) {
            hideId(input.item(), FeatureField.ITEM_TABLE, inputs, itemAt);
        }
        Arrays.fill(inputs, itemAt + input.item().width(), at + input.width(), 0);
        input.impression()
                .gatherInto(
                        events.impressionSegment(),
                        events.impressionOffset(batch.shown(row)),
                        inputs,
                        at + input.impressionAt());
    }

    /** Puts the embedding of an unseen id in the place of the own one; pooled lists stay. */
    private static void hideId(FeatureInput part, String table, float[] inputs, int at) {
        for (int field = 0; field < part.fieldCount(); field++) {
            if (isOwnId(part, field, table)) {
                EmbeddingTable own = part.table(field);
                ELEMENTS.copyRow(
                        own.segment(),
                        own.offset(FeatureField.UNSEEN),
                        inputs,
                        at + part.position(field),
                        own.dimension());
            }
        }
    }

    private static boolean isOwnId(FeatureInput part, int field, String table) {
        return part.hasTable(field)
                && !part.isList(field)
                && part.table(field).name().equals(table);
    }

    /**
     * Brings the gradients of some groups back through attention, and sums those of the user part,
     * which all rows of a group have in common, into the first row of each. Before {@link
     * #scatter}.
     */
    void backward(
            ImpressionBatch batch, int fromGroup, int toGroup, float[] inputs, float[] gradients) {
        for (AttentionGradients attention : attentions) {
            AttentionPass pass = attention.pass(inputs);
            for (int group = fromGroup; group < toGroup; group++) {
                pass.begin(dataset.users().segment(), userOffset(batch, group));
                attention.backward(
                        pass,
                        inputs,
                        gradients,
                        batch.groupStart(group),
                        batch.groupStart(group + 1));
            }
        }
        int width = input.width();
        for (int group = fromGroup; group < toGroup; group++) {
            int first = batch.groupStart(group);
            for (int row = first + 1; row < batch.groupStart(group + 1); row++) {
                VECTORS.addScaled(
                        1, gradients, row * width, gradients, first * width, input.contextAt());
            }
        }
    }

    /** Adds the gradients of a batch to those rows of a table that a trainer owns. */
    void scatter(ImpressionBatch batch, float[] inputs, float[] gradients, TableTrainer table) {
        if (uses(input.user(), table)) {
            scatterUsers(batch, gradients, table);
        }
        for (AttentionGradients attention : attentions) {
            for (int group = 0; group < batch.groups(); group++) {
                attention.scatter(
                        dataset.users().segment(),
                        userOffset(batch, group),
                        batch.groupStart(group),
                        batch.groupStart(group + 1),
                        inputs,
                        gradients,
                        table);
            }
        }
        boolean isOfContext = uses(input.context(), table);
        boolean isOfItem = uses(input.item(), table);
        for (int row = 0; row < batch.rows() && (isOfContext || isOfItem); row++) {
            long event = batch.event(row);
            int at = row * input.width();
            if (isOfContext) {
                scatterPart(
                        table,
                        input.context(),
                        events.contextSegment(),
                        events.contextOffset(event),
                        "",
                        gradients,
                        at + input.contextAt());
            }
            if (isOfItem) {
                scatterPart(
                        table,
                        input.item(),
                        dataset.items().segment(),
                        dataset.items().offset(events.item(batch.shown(row))),
                        batch.isItemAnonymous(row) ? FeatureField.ITEM_TABLE : "",
                        gradients,
                        at + input.sharedWidth());
            }
        }
    }

    /** Learns what attention has of its own. */
    void learnAttention(ImpressionBatch batch, AdamStep step) {
        attentions.forEach(attention -> attention.learn(batch.rows(), step));
    }

    /** All that is to be kept of what attention has of its own. */
    void walk(TrainingState state) {
        for (int i = 0; i < attentions.size(); i++) {
            attentions.get(i).walk(state, "attention." + i);
        }
    }

    /** For tests. */
    List<AttentionGradients> attentions() {
        return attentions;
    }

    private void scatterUsers(ImpressionBatch batch, float[] gradients, TableTrainer table) {
        for (int group = 0; group < batch.groups(); group++) {
            int first = batch.groupStart(group);
            scatterPart(
                    table,
                    input.user(),
                    dataset.users().segment(),
                    userOffset(batch, group),
                    batch.isUserAnonymous(group) ? FeatureField.USER_TABLE : "",
                    gradients,
                    first * input.width());
        }
    }

    private static boolean uses(FeatureInput part, TableTrainer table) {
        for (int field = 0; field < part.fieldCount(); field++) {
            if (part.hasTable(field) && part.table(field) == table.table()) {
                return true;
            }
        }
        return false;
    }

    private static void scatterPart(
            TableTrainer table,
            FeatureInput part,
            MemorySegment rows,
            long offset,
            String hidden,
            float[] gradients,
            int at) {
        for (int field = 0; field < part.fieldCount(); field++) {
            if (!part.hasTable(field) || part.table(field) != table.table()) {
                continue;
            }
            int count = part.idCount(field, rows, offset);
            boolean isHidden = isOwnId(part, field, hidden);
            for (int i = 0; i < count; i++) {
                int id = isHidden ? FeatureField.UNSEEN : part.id(field, i, rows, offset);
                if (table.owns(id)) {
                    float share = part.share(field, i, rows, offset);
                    table.add(id, share, gradients, at + part.position(field));
                }
            }
        }
    }
}
