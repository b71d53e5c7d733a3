package io.millrace.data.simulate;

import io.millrace.core.random.SplitRandom;

/**
 * One user living through the days: is shown things by a policy that knows a little, and clicks
 * what the hidden preference says. The policy mixes the user's categories, what is popular and
 * plain chance, so that a model can learn more than the policy knows.
 *
 * <p>Threading: one thread. Allocation: per user, not per event.
 */
final class Viewer {
    /** Items on a slate, and so the count of positions. */
    static final int SLATE = 8;

    private static final int CANDIDATES = 24;
    private static final int TRIES = 4;
    private static final int MOST_ATTEMPTS = 24;
    private static final double TASTE_SHARE = 0.55;
    private static final double POPULAR_SHARE = 0.3;
    private static final double POLICY_NOISE = 2;
    private static final double EXPLORED_SHARE = 0.15;
    private static final double POSITION_EFFECT = 0.22;
    private static final double[] LONGER_ON_DEVICE = {0, 0.4, 0.6};
    private static final double LONGER_AT_WEEKEND = 0.3;
    private static final double LONG_VIEW_RATIO = 0.7;
    private static final double LIKE_SHARE = 0.2;
    private static final double CHARM_WEIGHT = 2.5;

    private final ItemWorld items;
    private final UserWorld users;
    private final UserWorld.Taste taste;
    private final SplitRandom random;
    private final int user;
    private final float[] vector = new float[HiddenPreference.DIMENSION];
    private final int[] candidates = new int[CANDIDATES];
    private final double[] candidateScores = new double[CANDIDATES];
    private int day = -1;

    // What came of the last impression.
    private boolean isClick;
    private boolean isLongView;
    private boolean isLike;
    private float watchRatio;

    Viewer(ItemWorld items, UserWorld users, int user, SplitRandom random) {
        this.items = items;
        this.users = users;
        this.user = user;
        this.taste = users.taste(user);
        this.random = random;
    }

    /** Lives through the history and records it. */
    void watchHistory(int count, Histories histories) {
        int[] watched = new int[count];
        boolean[] isLong = new boolean[count];
        boolean[] isLiked = new boolean[count];
        for (int i = 0; i < count; i++) {
            moveTo((int) ((long) i * Calendar.HISTORY_DAYS / count));
            int hour = Calendar.drawHour(random);
            // A user who finds nothing to click in so many shown items watches the last of them.
            for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
                watched[i] = bestOfTries();
                show(watched[i], hour, users.deviceOf[user], 0);
                if (isClick) {
                    break;
                }
            }
            isLong[i] = isLongView;
            isLiked[i] = isLike;
        }
        histories.record(user, watched, isLong, isLiked);
    }

    /** Looks through slates and writes every impression. */
    void browse(int slates, int firstDay, int days, Impressions out, long firstIndex) {
        long index = firstIndex;
        for (int slate = 0; slate < slates; slate++) {
            moveTo(firstDay + (int) ((slate + random.nextDouble()) / slates * days));
            int hour = Calendar.drawHour(random);
            int device =
                    random.nextDouble() < 0.9
                            ? users.deviceOf[user]
                            : random.nextInt(UserWorld.DEVICES);
            long timestampMs = Calendar.timestampMs(day, hour, SLATE, random);
            fillSlate();
            for (int position = 0; position < SLATE; position++) {
                show(candidates[position], hour, device, position);
                out.set(index, user, candidates[position], timestampMs + position);
                out.setContext(index, hour, Calendar.dayOfWeek(day), device, position);
                out.setOutcome(index, isClick, isLongView, isLike, watchRatio);
                index++;
            }
        }
    }

    private void moveTo(int newDay) {
        if (newDay != day) {
            day = newDay;
            taste.advanceTo(day).vectorInto(vector, 0);
        }
    }

    private int draw() {
        double choice = random.nextDouble();
        if (choice < TASTE_SHARE) {
            return items.drawOfCategory(taste.drawCategory(random), day, random);
        }
        return choice < TASTE_SHARE + POPULAR_SHARE
                ? items.drawPopular(day, random)
                : items.drawAny(day, random);
    }

    private int bestOfTries() {
        int best = draw();
        double bestScore = affinity(best) + POLICY_NOISE * random.nextGaussian();
        for (int i = 1; i < TRIES; i++) {
            int item = draw();
            double score = affinity(item) + POLICY_NOISE * random.nextGaussian();
            if (score > bestScore) {
                bestScore = score;
                best = item;
            }
        }
        return best;
    }

    /**
     * The best of many by a noisy look at the preference, a few of them exchanged for chance; no
     * item twice.
     */
    private void fillSlate() {
        int count = 0;
        while (count < CANDIDATES) {
            int item = draw();
            if (!isAmong(item, count)) {
                insert(item, affinity(item) + POLICY_NOISE * random.nextGaussian(), count++);
            }
        }
        for (int position = 0; position < SLATE; position++) {
            if (random.nextDouble() < EXPLORED_SHARE) {
                int item = items.drawAny(day, random);
                if (!isAmong(item, CANDIDATES)) {
                    candidates[position] = item;
                }
            }
        }
    }

    private boolean isAmong(int item, int count) {
        for (int i = 0; i < count; i++) {
            if (candidates[i] == item) {
                return true;
            }
        }
        return false;
    }

    private void insert(int item, double score, int count) {
        int at = count;
        while (at > 0 && candidateScores[at - 1] < score) {
            candidates[at] = candidates[at - 1];
            candidateScores[at] = candidateScores[at - 1];
            at--;
        }
        candidates[at] = item;
        candidateScores[at] = score;
    }

    private void show(int item, int hour, int device, int position) {
        double affinity = affinity(item);
        double tooLong = items.logSeconds(item) - UserWorld.TYPICAL_LOG_SECONDS;
        double wish =
                affinity
                        + items.hourEffect(item, hour)
                        + longerWish(device) * tooLong
                        - POSITION_EFFECT * position;
        isClick = random.nextDouble() < sigmoid(wish);
        if (isClick) {
            double stay = 0.7 * affinity - 0.3 * tooLong + 0.1 + 0.9 * random.nextGaussian();
            watchRatio = (float) (1.3 * sigmoid(stay));
        } else {
            watchRatio = (float) (0.1 * random.nextDouble());
        }
        isLongView = isClick && watchRatio > LONG_VIEW_RATIO;
        double pleasure = 0.5 * affinity - 2 + CHARM_WEIGHT * items.charm(item);
        isLike = isLongView && random.nextDouble() < LIKE_SHARE * sigmoid(pleasure);
    }

    /** How much more a longer video is wished for than on a phone on a working day. */
    private double longerWish(int device) {
        return LONGER_ON_DEVICE[device] + (Calendar.isWeekend(day) ? LONGER_AT_WEEKEND : 0);
    }

    private double affinity(int item) {
        float sum = 0;
        int at = item * HiddenPreference.DIMENSION;
        for (int i = 0; i < HiddenPreference.DIMENSION; i++) {
            sum += vector[i] * items.vectors[at + i];
        }
        return sum;
    }

    private static double sigmoid(double x) {
        return 1 / (1 + StrictMath.exp(-x));
    }
}
