package io.millrace.data.simulate;

import io.millrace.core.random.SplitRandom;

import java.util.stream.IntStream;

/**
 * Categories, tags, creators and items of the world, with their hidden places. An item's vector has
 * {@link HiddenPreference#DIMENSION} components: its place times the weight of taste, its quality,
 * ln d, (ln d)², 1.
 *
 * <p>Threading: built in parallel, immutable afterwards.
 */
final class ItemWorld {
    static final int LATENT = HiddenPreference.LATENT;
    static final int CATEGORIES = 40;
    static final int TAGS_PER_CATEGORY = 6;
    static final int TAGS = CATEGORIES * TAGS_PER_CATEGORY;
    static final int MOST_TAGS = 3;

    private static final long CATEGORY_STREAM = 1L << 40;
    private static final long CREATOR_STREAM = 2L << 40;
    private static final long ITEM_STREAM = 3L << 40;
    private static final long CHARM_STREAM = 9L << 40;

    private static final int ITEMS_PER_CREATOR = 25;
    private static final int LEAST_CREATORS = 20;
    private static final double CREATOR_ZIPF = 0.8;
    private static final double STYLE_SPREAD = 0.9;
    private static final double OWN_CATEGORY_SHARE = 0.85;
    private static final double ITEM_SPREAD = 0.7;
    private static final double TASTE_WEIGHT = 6;
    private static final double HOUR_EFFECT = 0.5;
    private static final double POPULARITY_SPREAD = 1.1;
    private static final double OLD_SHARE = 0.75;
    private static final int OLDEST_DAY = -90;
    private static final double SHORTEST_SECONDS = 4;
    private static final double LONGEST_SECONDS = 600;

    final int count;
    final int creators;
    final float[][] categoryPlaces;
    final int[] creatorOf;
    final int[] categoryOf;
    final int[] tagsOf;
    final byte[] tagCountOf;
    final short[] birthDayOf;
    final float[] durationOf;
    final float[] vectors;

    private final float[] creatorCharms;
    private final float[] hourEffects;
    private final AliasTable popular;
    private final AliasTable[] popularByCategory;

    ItemWorld(int count, long seed) {
        this.count = count;
        this.creators = Math.max(LEAST_CREATORS, count / ITEMS_PER_CREATOR);
        this.categoryPlaces = new float[CATEGORIES][];
        this.hourEffects = new float[CATEGORIES * Calendar.HOURS];
        for (int category = 0; category < CATEGORIES; category++) {
            SplitRandom random = SplitRandom.forStream(seed, CATEGORY_STREAM + category);
            categoryPlaces[category] = unit(gaussian(random, LATENT));
            setHourEffects(category, random.nextFloat() * Calendar.HOURS);
        }
        float[][] creatorStyles = new float[creators][];
        int[] creatorCategories = new int[creators];
        float[] creatorQualities = new float[creators];
        this.creatorCharms = new float[creators];
        AliasTable categorySizes = AliasTable.zipf(CATEGORIES, 0.6);
        for (int creator = 0; creator < creators; creator++) {
            SplitRandom random = SplitRandom.forStream(seed, CREATOR_STREAM + creator);
            creatorCategories[creator] = categorySizes.draw(random);
            creatorStyles[creator] =
                    near(categoryPlaces[creatorCategories[creator]], STYLE_SPREAD, random);
            creatorQualities[creator] = (float) (0.6 * random.nextGaussian());
            creatorCharms[creator] =
                    (float) SplitRandom.forStream(seed, CHARM_STREAM + creator).nextGaussian();
        }
        this.creatorOf = new int[count];
        this.categoryOf = new int[count];
        this.tagsOf = new int[count * MOST_TAGS];
        this.tagCountOf = new byte[count];
        this.birthDayOf = new short[count];
        this.durationOf = new float[count];
        this.vectors = new float[Math.multiplyExact(count, HiddenPreference.DIMENSION)];
        double[] weights = new double[count];
        AliasTable creatorSizes = AliasTable.zipf(creators, CREATOR_ZIPF);
        IntStream.range(0, count)
                .parallel()
                .forEach(
                        item -> {
                            SplitRandom random = SplitRandom.forStream(seed, ITEM_STREAM + item);
                            int creator = creatorSizes.draw(random);
                            int category =
                                    random.nextDouble() < OWN_CATEGORY_SHARE
                                            ? creatorCategories[creator]
                                            : random.nextInt(CATEGORIES);
                            creatorOf[item] = creator;
                            categoryOf[item] = category;
                            makeItem(
                                    item,
                                    middle(creatorStyles[creator], categoryPlaces[category]),
                                    creatorQualities[creator],
                                    random);
                            double quality = vectors[item * HiddenPreference.DIMENSION + LATENT];
                            weights[item] =
                                    StrictMath.exp(
                                            quality + POPULARITY_SPREAD * random.nextGaussian());
                        });
        this.popular = new AliasTable(IntStream.range(0, count).toArray(), weights);
        this.popularByCategory = byCategory(weights);
    }

    /** An item by popularity that exists on a day. */
    int drawPopular(int day, SplitRandom random) {
        return drawBorn(popular, day, random);
    }

    /** An item of a category by popularity that exists on a day. */
    int drawOfCategory(int category, int day, SplitRandom random) {
        return drawBorn(popularByCategory[category], day, random);
    }

    /** Any item that exists on a day. */
    int drawAny(int day, SplitRandom random) {
        int item = random.nextInt(count);
        while (birthDayOf[item] > day) {
            item = random.nextInt(count);
        }
        return item;
    }

    /** What the hour adds to the wish to click an item: each category has its time of day. */
    float hourEffect(int item, int hour) {
        return hourEffects[categoryOf[item] * Calendar.HOURS + hour];
    }

    /** How gladly people say that they like what the creator of an item makes. */
    float charm(int item) {
        return creatorCharms[creatorOf[item]];
    }

    /** The logarithm of an item's duration in seconds. */
    float logSeconds(int item) {
        return vectors[item * HiddenPreference.DIMENSION + LATENT + 1];
    }

    static float[] gaussian(SplitRandom random, int dimension) {
        float[] vector = new float[dimension];
        for (int i = 0; i < dimension; i++) {
            vector[i] = (float) random.nextGaussian();
        }
        return vector;
    }

    /** A unit vector near another, away by a Gaussian step of the given length on average. */
    static float[] near(float[] place, double spread, SplitRandom random) {
        float[] vector = new float[place.length];
        double scale = spread / Math.sqrt(place.length);
        for (int i = 0; i < vector.length; i++) {
            vector[i] = (float) (place[i] + scale * random.nextGaussian());
        }
        return unit(vector);
    }

    static float[] unit(float[] vector) {
        double square = 0;
        for (float x : vector) {
            square += (double) x * x;
        }
        float scale = (float) (1 / Math.sqrt(square));
        for (int i = 0; i < vector.length; i++) {
            vector[i] *= scale;
        }
        return vector;
    }

    private void setHourEffects(int category, float bestHour) {
        for (int hour = 0; hour < Calendar.HOURS; hour++) {
            double angle = 2 * Math.PI * (hour - bestHour) / Calendar.HOURS;
            hourEffects[category * Calendar.HOURS + hour] =
                    (float) (HOUR_EFFECT * StrictMath.cos(angle));
        }
    }

    private void makeItem(int item, float[] centre, float creatorQuality, SplitRandom random) {
        float[] place = near(centre, ITEM_SPREAD, random);
        double quality = creatorQuality + 0.8 * random.nextGaussian();
        double typicalSeconds = 12 + 4.0 * (categoryOf[item] % 10);
        double seconds = typicalSeconds * StrictMath.exp(0.7 * random.nextGaussian());
        seconds = Math.clamp(seconds, SHORTEST_SECONDS, LONGEST_SECONDS);
        double logSeconds = StrictMath.log(seconds);
        durationOf[item] = (float) seconds;
        int at = item * HiddenPreference.DIMENSION;
        for (int i = 0; i < LATENT; i++) {
            vectors[at + i] = (float) (TASTE_WEIGHT * place[i]);
        }
        vectors[at + LATENT] = (float) quality;
        vectors[at + LATENT + 1] = (float) logSeconds;
        vectors[at + LATENT + 2] = (float) (logSeconds * logSeconds);
        vectors[at + LATENT + 3] = 1;
        birthDayOf[item] =
                (short)
                        (random.nextDouble() < OLD_SHARE
                                ? OLDEST_DAY + random.nextInt(-OLDEST_DAY)
                                : random.nextInt(Calendar.SERVING_DAY));
        int tagCount = 1 + random.nextInt(MOST_TAGS);
        tagCountOf[item] = (byte) tagCount;
        // A creator sticks to a few of the category's tags, so tags tell something of the style.
        int favourite = (int) (SplitRandom.mix64(creatorOf[item]) >>> 33) % TAGS_PER_CATEGORY;
        for (int i = 0; i < tagCount; i++) {
            int step = i == 0 ? 0 : i + random.nextInt(TAGS_PER_CATEGORY - MOST_TAGS + 1);
            tagsOf[item * MOST_TAGS + i] =
                    categoryOf[item] * TAGS_PER_CATEGORY + (favourite + step) % TAGS_PER_CATEGORY;
        }
    }

    private int drawBorn(AliasTable table, int day, SplitRandom random) {
        for (int attempt = 0; attempt < 16; attempt++) {
            int item = table.draw(random);
            if (birthDayOf[item] <= day) {
                return item;
            }
        }
        return drawAny(day, random);
    }

    private AliasTable[] byCategory(double[] weights) {
        int[][] members = new int[CATEGORIES][];
        int[] counts = new int[CATEGORIES];
        for (int category : categoryOf) {
            counts[category]++;
        }
        for (int category = 0; category < CATEGORIES; category++) {
            members[category] = new int[counts[category]];
            counts[category] = 0;
        }
        for (int item = 0; item < count; item++) {
            int category = categoryOf[item];
            members[category][counts[category]++] = item;
        }
        AliasTable[] tables = new AliasTable[CATEGORIES];
        for (int category = 0; category < CATEGORIES; category++) {
            int[] list =
                    members[category].length == 0
                            ? IntStream.range(0, count).toArray()
                            : members[category];
            double[] listWeights = new double[list.length];
            for (int i = 0; i < list.length; i++) {
                listWeights[i] = weights[list[i]];
            }
            tables[category] = new AliasTable(list, listWeights);
        }
        return tables;
    }

    private static float[] middle(float[] a, float[] b) {
        float[] result = new float[a.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = (a[i] + b[i]) / 2;
        }
        return unit(result);
    }
}
