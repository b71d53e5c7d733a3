package io.millrace.data.simulate;

import io.millrace.core.random.SplitRandom;

/**
 * The hidden law of a simulated log of shown ads. With z the standard normal law, H hash values of
 * seed, column and category that are spread as z:
 *
 * <pre>
 *   count j        round(exp(m_j + s_j · z)) - 1, missing with probability q_j
 *   category k     rank by Zipf's law over 10 to 100,000 values, missing with probability r_k
 *   logit          b + Σ_j u_j · (log(1 + count_j) - m_j) + Σ_k t_k · H_k(category)
 *                    + 0.5 · H(category_1, category_2)
 *   click          with probability 1 / (1 + exp(-logit))
 * </pre>
 *
 * A missing value adds nothing. {@code b} is chosen so that about a quarter is clicked, as in the
 * log that it stands for; the law of a seed may be some hundredths off.
 *
 * <p>Threading: immutable; draws change only the generator. Allocation: the row that is drawn.
 */
final class ClickLogLaw {
    static final int NUMBERS = 13;
    static final int CATEGORIES = 26;

    /** How a missing value is drawn: no count and no rank is so low. */
    static final int MISSING = Integer.MIN_VALUE;

    private static final int LARGEST_COUNT = 1_000_000;
    private static final double BASE_LOGIT = -1.32;
    private static final double NUMBER_WEIGHT = 0.25;
    private static final double CATEGORY_WEIGHT = 0.45;
    private static final double PAIR_WEIGHT = 0.5;
    private static final double ZIPF_EXPONENT = 1.05;
    private static final int[] SIZES = {
        1_000, 500, 100_000, 50_000, 300, 20, 10_000, 600, 10, 40_000
    };
    private static final long LAW_STREAM = 1L << 50;
    private static final long PAIR_COLUMN = 1L << 20;

    private final long seed;
    private final double[] means = new double[NUMBERS];
    private final double[] deviations = new double[NUMBERS];
    private final double[] numberWeights = new double[NUMBERS];
    private final double[] numberGaps = new double[NUMBERS];
    private final double[] categoryWeights = new double[CATEGORIES];
    private final double[] categoryGaps = new double[CATEGORIES];
    private final AliasTable[] ranks = new AliasTable[CATEGORIES];

    /** A row that was drawn. */
    static final class Row {
        final int[] numbers = new int[NUMBERS];
        final int[] categories = new int[CATEGORIES];
        double logit;
        boolean isClick;
    }

    ClickLogLaw(long seed) {
        this.seed = seed;
        SplitRandom random = SplitRandom.forStream(seed, LAW_STREAM);
        for (int j = 0; j < NUMBERS; j++) {
            means[j] = 0.5 + 4 * random.nextDouble();
            deviations[j] = 0.5 + 1.5 * random.nextDouble();
            numberWeights[j] = NUMBER_WEIGHT * random.nextGaussian();
            numberGaps[j] = j % 3 == 0 ? 0.4 * random.nextDouble() : 0.05;
        }
        for (int k = 0; k < CATEGORIES; k++) {
            categoryWeights[k] = CATEGORY_WEIGHT * random.nextDouble();
            categoryGaps[k] = k % 5 == 3 ? 0.5 * random.nextDouble() : 0.02;
            ranks[k] = AliasTable.zipf(SIZES[k % SIZES.length], ZIPF_EXPONENT);
        }
    }

    /** Draws the next row. */
    void drawInto(Row row, SplitRandom random) {
        double logit = BASE_LOGIT;
        for (int j = 0; j < NUMBERS; j++) {
            double z = random.nextGaussian();
            if (random.nextDouble() < numberGaps[j]) {
                row.numbers[j] = MISSING;
                continue;
            }
            double drawn = StrictMath.rint(StrictMath.exp(means[j] + deviations[j] * z)) - 1;
            row.numbers[j] = (int) Math.min(drawn, LARGEST_COUNT);
            logit += numberWeights[j] * (StrictMath.log1p(Math.max(0, row.numbers[j])) - means[j]);
        }
        for (int k = 0; k < CATEGORIES; k++) {
            int rank = ranks[k].draw(random);
            if (random.nextDouble() < categoryGaps[k]) {
                row.categories[k] = MISSING;
                continue;
            }
            row.categories[k] = rank;
            logit += categoryWeights[k] * effect(k, rank);
        }
        if (row.categories[0] != MISSING && row.categories[1] != MISSING) {
            logit += PAIR_WEIGHT * effect(PAIR_COLUMN + row.categories[0], row.categories[1]);
        }
        row.logit = logit;
        row.isClick = random.nextDouble() < 1 / (1 + StrictMath.exp(-logit));
    }

    /** The text that stands for a category in the log: eight hexadecimal digits. */
    String text(int column, int rank) {
        return String.format("%08x", (int) mixed(column, rank));
    }

    private double effect(long column, int rank) {
        return new SplitRandom(mixed(column, rank)).nextGaussian();
    }

    private long mixed(long column, int rank) {
        return SplitRandom.mix64(SplitRandom.mix64(seed ^ column << Integer.SIZE) + rank);
    }
}
