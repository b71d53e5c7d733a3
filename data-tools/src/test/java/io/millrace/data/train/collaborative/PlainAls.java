package io.millrace.data.train.collaborative;

import io.millrace.ranker.factors.FactorSettings;

/** Alternating least squares over dense matrices in double precision, all pairs one by one. */
final class PlainAls {
    final double[][] users;
    final double[][] items;
    private final double[][] weights;
    private final FactorSettings settings;

    /** Begins with given items; {@code weights[user][item]} is c, 0 of what was not watched. */
    PlainAls(double[][] weights, double[][] items, FactorSettings settings) {
        this.weights = weights;
        this.users = new double[weights.length][settings.dimension()];
        this.items = items;
        this.settings = settings;
    }

    void sweep() {
        for (int user = 0; user < users.length; user++) {
            users[user] = solve(items, weights[user]);
        }
        for (int item = 0; item < items.length; item++) {
            double[] column = new double[users.length];
            for (int user = 0; user < users.length; user++) {
                column[user] = weights[user][item];
            }
            items[item] = solve(users, column);
        }
    }

    /** The objective, by watched pair. */
    double loss() {
        double sum = 0;
        int pairs = 0;
        int[] byItem = new int[items.length];
        for (int user = 0; user < users.length; user++) {
            int watched = 0;
            for (int item = 0; item < items.length; item++) {
                double score = dot(users[user], items[item]);
                sum += settings.unwatchedWeight() * score * score;
                sum += weights[user][item] * (1 - score) * (1 - score);
                watched += weights[user][item] > 0 ? 1 : 0;
                byItem[item] += weights[user][item] > 0 ? 1 : 0;
            }
            sum += ridge(watched, items.length) * dot(users[user], users[user]);
            pairs += watched;
        }
        for (int item = 0; item < items.length; item++) {
            sum += ridge(byItem[item], users.length) * dot(items[item], items[item]);
        }
        return sum / pairs;
    }

    static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    private double ridge(int watched, int pairs) {
        return settings.regularisation() * (watched + settings.unwatchedWeight() * pairs);
    }

    private double[] solve(double[][] others, double[] watched) {
        int dimension = settings.dimension();
        double[][] system = new double[dimension][dimension + 1];
        int count = 0;
        for (int other = 0; other < others.length; other++) {
            double[] y = others[other];
            for (int row = 0; row < dimension; row++) {
                for (int column = 0; column < dimension; column++) {
                    system[row][column] +=
                            (settings.unwatchedWeight() + watched[other]) * y[row] * y[column];
                }
                system[row][dimension] += watched[other] * y[row];
            }
            count += watched[other] > 0 ? 1 : 0;
        }
        for (int row = 0; row < dimension; row++) {
            system[row][row] += ridge(count, others.length);
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
