package io.millrace.data.eval;

import io.millrace.data.dataset.Dataset;
import io.millrace.data.dataset.InteractionTable;
import io.millrace.data.dataset.SeenItems;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What retrieval should have found: for every user with a history, the distinct items clicked and
 * watched for long in the held-out impressions that the user had not seen before.
 *
 * <p>Threading: immutable; the arrays are not to be written.
 */
final class RetrievalTargets {
    /**
     * A user and what should be found.
     *
     * @param user row of the user.
     * @param targets ordinals, ascending.
     * @param seen ordinals the user met before, ascending.
     */
    @SuppressWarnings("ArrayRecordComponent")
    record Case(int user, int[] targets, int[] seen) {}

    private final List<Case> cases;

    private RetrievalTargets(List<Case> cases) {
        this.cases = cases;
    }

    /**
     * Collects targets.
     *
     * @param seen what users met before.
     * @param tables the impressions that were held out from the retrieval model.
     */
    static RetrievalTargets of(SeenItems seen, List<InteractionTable> tables) {
        long[] pairs = wantedPairs(tables);
        List<Case> cases = new ArrayList<>();
        int at = 0;
        while (at < pairs.length) {
            int user = (int) (pairs[at] >>> Integer.SIZE);
            int from = at;
            while (at < pairs.length && (int) (pairs[at] >>> Integer.SIZE) == user) {
                at++;
            }
            if (seen.watched(user).length > 0) {
                int[] seenOrdinals = seen.of(user);
                int[] targets = unseen(pairs, from, at, seenOrdinals);
                if (targets.length > 0) {
                    cases.add(new Case(user, targets, seenOrdinals));
                }
            }
        }
        return new RetrievalTargets(cases);
    }

    /** The impressions that no retrieval model of a kind of data set has learned from. */
    static List<InteractionTable> heldOut(Dataset dataset) {
        return learnsFromHistoriesOnly(dataset)
                ? List.of(dataset.train(), dataset.test())
                : List.of(dataset.test());
    }

    /** Whether retrieval of this kind of data set learns from histories, not from impressions. */
    static boolean learnsFromHistoriesOnly(Dataset dataset) {
        return dataset.manifest().kind().equals("kuairand");
    }

    List<Case> cases() {
        return cases;
    }

    /** At most a number of cases, evenly spread over users. */
    List<Case> sample(int limit) {
        int count = Math.min(limit, cases.size());
        List<Case> sample = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            sample.add(cases.get((int) ((long) i * cases.size() / count)));
        }
        return sample;
    }

    private static long[] wantedPairs(List<InteractionTable> tables) {
        int count = 0;
        for (InteractionTable table : tables) {
            for (long i = 0; i < table.count(); i++) {
                count += isWanted(table, i) ? 1 : 0;
            }
        }
        long[] pairs = new long[count];
        int at = 0;
        for (InteractionTable table : tables) {
            for (long i = 0; i < table.count(); i++) {
                if (isWanted(table, i)) {
                    pairs[at++] = (long) table.user(i) << Integer.SIZE | table.item(i);
                }
            }
        }
        Arrays.parallelSort(pairs);
        return pairs;
    }

    private static boolean isWanted(InteractionTable table, long index) {
        return table.isClick(index) && table.isLongView(index);
    }

    private static int[] unseen(long[] pairs, int from, int to, int[] seen) {
        int[] targets = new int[to - from];
        int count = 0;
        for (int i = from; i < to; i++) {
            int item = (int) pairs[i];
            boolean isRepeated = i > from && pairs[i] == pairs[i - 1];
            if (!isRepeated && Arrays.binarySearch(seen, item) < 0) {
                targets[count++] = item;
            }
        }
        return Arrays.copyOf(targets, count);
    }
}
