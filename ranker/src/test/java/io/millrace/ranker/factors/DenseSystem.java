package io.millrace.ranker.factors;

/** The equations of one vector in double precision, made and solved the long way. */
final class DenseSystem {
    private DenseSystem() {}

    /**
     * The vector that explains best what was watched: {@code weights[item]} is c, or 0 where the
     * item was not watched. Goes over all items, watched or not.
     */
    static double[] solve(float[] items, double[] weights, FactorSettings settings) {
        int dimension = settings.dimension();
        double[][] system = new double[dimension][dimension + 1];
        int watched = 0;
        for (int item = 0; item < weights.length; item++) {
            watched += weights[item] > 0 ? 1 : 0;
            double both = settings.unwatchedWeight() + weights[item];
            for (int row = 0; row < dimension; row++) {
                double y = items[item * dimension + row];
                for (int column = 0; column < dimension; column++) {
                    system[row][column] += both * y * items[item * dimension + column];
                }
                system[row][dimension] += weights[item] * y;
            }
        }
        for (int row = 0; row < dimension; row++) {
            system[row][row] +=
                    settings.regularisation()
                            * (watched + (double) settings.unwatchedWeight() * weights.length);
        }
        return eliminate(system);
    }

    /** Gauss and Jordan; the matrix is positive definite, so no row needs to be exchanged. */
    private static double[] eliminate(double[][] system) {
        int dimension = system.length;
        for (int pivot = 0; pivot < dimension; pivot++) {
            for (int row = 0; row < dimension; row++) {
                double factor = system[row][pivot] / system[pivot][pivot];
                for (int column = pivot; row != pivot && column <= dimension; column++) {
                    system[row][column] -= factor * system[pivot][column];
                }
            }
        }
        double[] solution = new double[dimension];
        for (int row = 0; row < dimension; row++) {
            solution[row] = system[row][dimension] / system[row][row];
        }
        return solution;
    }
}
