package io.millrace.index;

import io.millrace.core.random.SplitRandom;

/** Sets of vectors of many kinds, the same for the same seed. */
enum Worlds {
    /** No structure at all, the hardest kind. */
    GAUSSIAN {
        @Override
        void fill(SplitRandom random, int row, float[] vector) {
            for (int i = 0; i < vector.length; i++) {
                vector[i] = (float) random.nextGaussian();
            }
        }
    },
    /** Twenty tight clusters far from each other. */
    CLUSTERED {
        @Override
        void fill(SplitRandom random, int row, float[] vector) {
            SplitRandom centre = SplitRandom.forStream(99, random.nextInt(20));
            for (int i = 0; i < vector.length; i++) {
                vector[i] = (float) (5 * centre.nextGaussian() + 0.3 * random.nextGaussian());
            }
        }
    },
    /** A tenth of the rows are one and the same, another tenth are pairs. */
    DUPLICATED {
        @Override
        void fill(SplitRandom random, int row, float[] vector) {
            SplitRandom source = random;
            if (row % 10 == 0) {
                source = SplitRandom.forStream(7, 0);
            } else if (row % 10 == 1) {
                source = SplitRandom.forStream(7, 1 + row / 20);
            }
            GAUSSIAN.fill(source, row, vector);
        }
    },
    /** One row is a thousand times as far out as the others. */
    OUTLIER {
        @Override
        void fill(SplitRandom random, int row, float[] vector) {
            GAUSSIAN.fill(random, row, vector);
            if (row == 17) {
                for (int i = 0; i < vector.length; i++) {
                    vector[i] = 3000 + vector[i];
                }
            }
        }
    },
    /** Lengths from a hundredth to a hundred. */
    UNEVEN {
        @Override
        void fill(SplitRandom random, int row, float[] vector) {
            GAUSSIAN.fill(random, row, vector);
            float length = (float) Math.exp(2.3 * random.nextGaussian());
            for (int i = 0; i < vector.length; i++) {
                vector[i] *= length;
            }
        }
    };

    abstract void fill(SplitRandom random, int row, float[] vector);

    /** Rows of this kind; distinct streams give distinct rows of the same law. */
    VectorSet rows(int count, int dimension, long stream) {
        VectorSet rows = VectorSet.allocate(count, dimension);
        float[] vector = new float[dimension];
        for (int row = 0; row < count; row++) {
            fill(SplitRandom.forStream(stream, row), row, vector);
            rows.set(row, vector, 0);
        }
        return rows;
    }

    /** Ids that are neither dense nor in order. */
    static long[] ids(int count) {
        long[] ids = new long[count];
        for (int i = 0; i < count; i++) {
            ids[i] = SplitRandom.mix64(i) | 1;
        }
        return ids;
    }

    static VectorSet of(float[]... vectors) {
        VectorSet rows = VectorSet.allocate(vectors.length, vectors[0].length);
        for (int i = 0; i < vectors.length; i++) {
            rows.set(i, vectors[i], 0);
        }
        return rows;
    }

    static float[] row(VectorSet rows, int row) {
        float[] vector = new float[rows.dimension()];
        rows.get(row, vector, 0);
        return vector;
    }
}
