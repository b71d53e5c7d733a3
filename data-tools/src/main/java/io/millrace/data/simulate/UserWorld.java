package io.millrace.data.simulate;

import io.millrace.core.random.SplitRandom;

import java.util.stream.IntStream;

/**
 * Users of the world: what shows of them and what does not. A user has a few interests, each a
 * place in the space of the items; their weights take a random step every day, which is how taste
 * drifts.
 *
 * <p>Threading: built in parallel, immutable afterwards.
 */
final class UserWorld {
    static final int INTERESTS = 3;
    static final int DEVICES = 3;
    static final int AGE_BANDS = 7;
    static final int REGIONS = 30;

    /** The duration that users like on average. */
    static final double TYPICAL_LOG_SECONDS = StrictMath.log(25);

    private static final long USER_STREAM = 4L << 40;
    private static final long DRIFT_STREAM = 5L << 40;
    private static final double INTEREST_SPREAD = 0.6;
    private static final double DRIFT_PER_DAY = 0.25;
    private static final double DURATION_WEIGHT = 0.3;
    private static final double QUALITY_WEIGHT = 0.7;
    private static final double READINESS = -3.0;

    final int count;
    final byte[] deviceOf;
    final byte[] ageBandOf;
    final byte[] regionOf;
    final short[] registerDaysOf;
    final float[] activityOf;
    final int[] categoriesOf;

    private final long seed;
    private final float[] interests;
    private final float[] weights;
    private final float[] likedLogSeconds;
    private final float[] readiness;

    UserWorld(int count, ItemWorld items, long seed) {
        this.count = count;
        this.seed = seed;
        this.deviceOf = new byte[count];
        this.ageBandOf = new byte[count];
        this.regionOf = new byte[count];
        this.registerDaysOf = new short[count];
        this.activityOf = new float[count];
        this.categoriesOf = new int[count * INTERESTS];
        this.interests = new float[Math.multiplyExact(count, INTERESTS * ItemWorld.LATENT)];
        this.weights = new float[count * INTERESTS];
        this.likedLogSeconds = new float[count];
        this.readiness = new float[count];
        AliasTable categories = AliasTable.zipf(ItemWorld.CATEGORIES, 0.6);
        IntStream.range(0, count).parallel().forEach(user -> make(user, items, categories));
    }

    /** What a user likes on the first day. */
    Taste taste(int user) {
        return new Taste(user);
    }

    private void make(int user, ItemWorld items, AliasTable categories) {
        SplitRandom random = SplitRandom.forStream(seed, USER_STREAM + user);
        for (int k = 0; k < INTERESTS; k++) {
            int category = categories.draw(random);
            categoriesOf[user * INTERESTS + k] = category;
            float[] place = ItemWorld.near(items.categoryPlaces[category], INTEREST_SPREAD, random);
            System.arraycopy(
                    place,
                    0,
                    interests,
                    (user * INTERESTS + k) * ItemWorld.LATENT,
                    ItemWorld.LATENT);
            weights[user * INTERESTS + k] = (float) (-0.7 * k + 0.5 * random.nextGaussian());
        }
        likedLogSeconds[user] = (float) (TYPICAL_LOG_SECONDS + 0.4 * random.nextGaussian());
        readiness[user] = (float) (READINESS + 0.4 * random.nextGaussian());
        activityOf[user] = (float) StrictMath.exp(0.6 * random.nextGaussian());
        deviceOf[user] = (byte) (random.nextDouble() < 0.7 ? 0 : 1 + random.nextInt(DEVICES - 1));
        // Age goes with the first interest three times out of four, so that it tells something of a
        // newcomer.
        int typicalAge = categoriesOf[user * INTERESTS] % AGE_BANDS;
        ageBandOf[user] =
                (byte) (random.nextDouble() < 0.75 ? typicalAge : random.nextInt(AGE_BANDS));
        regionOf[user] = (byte) random.nextInt(REGIONS);
        registerDaysOf[user] = (short) (1 + random.nextInt(2_000));
    }

    /**
     * What one user likes, day after day.
     *
     * <p>Threading: one thread.
     */
    final class Taste {
        private final int user;
        private final SplitRandom drift;
        private final double[] strengths = new double[INTERESTS];
        private final double[] shares = new double[INTERESTS];
        private int day;

        private Taste(int user) {
            this.user = user;
            this.drift = SplitRandom.forStream(seed, DRIFT_STREAM + user);
            for (int k = 0; k < INTERESTS; k++) {
                strengths[k] = weights[user * INTERESTS + k];
            }
            updateShares();
        }

        /** Moves on to a day, today or later. */
        Taste advanceTo(int newDay) {
            assert newDay >= day : newDay;
            for (; day < newDay; day++) {
                for (int k = 0; k < INTERESTS; k++) {
                    strengths[k] += DRIFT_PER_DAY * drift.nextGaussian();
                }
            }
            updateShares();
            return this;
        }

        /** An interest, drawn by how much of the taste it has today; its category. */
        int drawCategory(SplitRandom random) {
            double point = random.nextDouble();
            int interest = 0;
            while (interest < INTERESTS - 1 && point >= shares[interest]) {
                point -= shares[interest++];
            }
            return categoriesOf[user * INTERESTS + interest];
        }

        /**
         * Writes the user's side of the inner product; the item's side is in {@link
         * ItemWorld#vectors}.
         */
        void vectorInto(float[] out, int offset) {
            for (int i = 0; i < ItemWorld.LATENT; i++) {
                double sum = 0;
                for (int k = 0; k < INTERESTS; k++) {
                    sum += shares[k] * interests[(user * INTERESTS + k) * ItemWorld.LATENT + i];
                }
                out[offset + i] = (float) sum;
            }
            // It keeps the length 1, or users of many interests would like everything less.
            double square = 0;
            for (int i = 0; i < ItemWorld.LATENT; i++) {
                square += (double) out[offset + i] * out[offset + i];
            }
            float scale = (float) (1 / Math.sqrt(Math.max(square, 1e-12)));
            for (int i = 0; i < ItemWorld.LATENT; i++) {
                out[offset + i] *= scale;
            }
            double liked = likedLogSeconds[user];
            int at = offset + ItemWorld.LATENT;
            out[at] = (float) QUALITY_WEIGHT;
            out[at + 1] = (float) (2 * DURATION_WEIGHT * liked);
            out[at + 2] = (float) -DURATION_WEIGHT;
            out[at + 3] = (float) (readiness[user] - DURATION_WEIGHT * liked * liked);
        }

        private void updateShares() {
            double sum = 0;
            for (int k = 0; k < INTERESTS; k++) {
                shares[k] = StrictMath.exp(strengths[k]);
                sum += shares[k];
            }
            for (int k = 0; k < INTERESTS; k++) {
                shares[k] /= sum;
            }
        }
    }
}
