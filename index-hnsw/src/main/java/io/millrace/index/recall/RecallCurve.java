package io.millrace.index.recall;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What recall a graph reaches at what effort, and so what effort a recall needs.
 *
 * <p>It was measured on a sample and holds for queries of the same law. Queries from elsewhere, as
 * of a user tower whose vectors lie apart from those of the items, are harder, and nothing bounds
 * by how much they miss what was wanted. Calibrate with queries of that kind, and watch served
 * searches with a {@code RecallSampler}.
 *
 * @param queries how many queries were measured.
 * @param lines one for each k, in ascending order.
 */
public record RecallCurve(int queries, List<Line> lines) {
    /**
     * An effort and what it reached.
     *
     * @param ef the effort.
     * @param recall part of the k nearest that was found.
     * @param trials how many independent trials that is the mean of; see {@link RecallTally}.
     */
    public record Point(int ef, double recall, double trials) {
        /** The recall that it has with 95 % confidence. */
        double sureRecall() {
            return RecallInterval.of(recall, trials).low();
        }
    }

    /**
     * The efforts of one k.
     *
     * @param k how many neighbours are asked for.
     * @param points in ascending order of effort, recall never falling.
     */
    public record Line(int k, List<Point> points) {
        /** Refuses what is no curve. */
        public Line {
            points = List.copyOf(points);
            boolean isGood = k >= 1 && !points.isEmpty();
            int ef = 0;
            double recall = 0;
            for (Point point : points) {
                isGood &= point.ef > ef && point.recall >= recall && point.recall <= 1;
                isGood &= point.trials > 0 && point.trials < Double.POSITIVE_INFINITY;
                ef = point.ef;
                recall = point.recall;
            }
            if (!isGood) {
                throw MillraceException.badInput(
                        "no recall curve: k=%d, points=%s; efforts must rise and recall not fall",
                        k, points);
            }
        }

        /**
         * The recall that can be had with 95 % confidence, at the largest effort measured.
         *
         * @return 0 to 1.
         */
        public double bestRecall() {
            return points.stream().mapToDouble(Point::sureRecall).max().orElse(0);
        }

        /** The least effort that is sure of a recall, or 0 when none is. */
        private int efFor(double recall) {
            int efBefore = 0;
            double sureBefore = 0;
            for (Point point : points) {
                double sure = point.sureRecall();
                if (sure >= recall) {
                    if (efBefore == 0) {
                        return point.ef;
                    }
                    // Recall rises ever more slowly, so a straight line lies below it.
                    double part = (recall - sureBefore) / (sure - sureBefore);
                    return efBefore + (int) Math.ceil(part * (point.ef - efBefore));
                }
                efBefore = point.ef;
                sureBefore = Math.max(sure, sureBefore);
            }
            return 0;
        }
    }

    /** Refuses what is no curve. */
    public RecallCurve {
        List<Line> ordered = new ArrayList<>(lines);
        ordered.sort(Comparator.comparingInt(Line::k));
        lines = List.copyOf(ordered);
        long different = lines.stream().mapToInt(Line::k).distinct().count();
        if (queries < 1 || lines.isEmpty() || different < lines.size()) {
            throw MillraceException.badInput(
                    "no recall curve: queries=%d, lines=%d, of distinct k=%d; measure at least one",
                    queries, lines.size(), different);
        }
    }

    /**
     * The effort that reaches a recall with 95 % confidence: between two efforts measured rounded
     * up. For a k between those measured it is that of the next larger one, which is harder.
     *
     * @param recall what is wanted, 0 to 1.
     * @param k how many neighbours are asked for.
     * @return ef, at least k.
     * @throws MillraceException LIMIT when no effort measured is sure of it, or k is larger than
     *     those measured.
     */
    public int efFor(double recall, int k) {
        if (!(recall >= 0 && recall <= 1) || k < 1) {
            throw MillraceException.usage(
                    "no such recall: recall=%s, least=0, most=1, k=%d, least=1; change them",
                    recall, k);
        }
        for (Line line : lines) {
            if (line.k >= k) {
                int ef = line.efFor(recall);
                if (ef == 0) {
                    throw MillraceException.of(
                            ErrorCode.LIMIT,
                            "recall out of reach: recall=%s, k=%d, limit=%.4f at ef=%d over %d"
                                + " queries; ask for less, or build with a larger maxConnections or"
                                + " efConstruction",
                            recall,
                            k,
                            line.bestRecall(),
                            line.points.getLast().ef,
                            queries);
                }
                return Math.max(k, ef);
            }
        }
        throw MillraceException.of(
                ErrorCode.LIMIT,
                "no recall known for so many neighbours: k=%d, limit=%d; calibrate with that k",
                k,
                lines.getLast().k);
    }
}
