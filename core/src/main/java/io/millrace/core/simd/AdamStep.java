package io.millrace.core.simd;

/**
 * The numbers of one optimiser step. They change from step to step, so this is a mutable holder
 * that a trainer makes once.
 *
 * <p>Threading: written by one thread between steps, read by all during a step.
 */
public final class AdamStep {
    /** Added to the root of the running square. */
    static final float EPSILON = 1e-8f;

    private final double meanDecay;
    private final double squareDecay;
    private double meanPower = 1;
    private double squarePower = 1;
    private float rate;
    private float meanCorrection = 1;
    private float squareCorrection = 1;

    /**
     * Before the first step.
     *
     * @param meanDecay decay rate of the running mean, usually 0.9.
     * @param squareDecay decay rate of the running square, usually 0.999.
     */
    public AdamStep(double meanDecay, double squareDecay) {
        this.meanDecay = meanDecay;
        this.squareDecay = squareDecay;
    }

    /**
     * Goes on to the next step.
     *
     * @param learningRate step size.
     */
    public void advance(float learningRate) {
        meanPower *= meanDecay;
        squarePower *= squareDecay;
        rate = learningRate;
        meanCorrection = (float) (1 / (1 - meanPower));
        squareCorrection = (float) (1 / (1 - squarePower));
    }

    /**
     * Decay rate of the running mean.
     *
     * @return below 1.
     */
    public float meanDecay() {
        return (float) meanDecay;
    }

    /**
     * Decay rate of the running square.
     *
     * @return below 1.
     */
    public float squareDecay() {
        return (float) squareDecay;
    }

    /**
     * Step size of this step.
     *
     * @return the learning rate.
     */
    public float rate() {
        return rate;
    }

    /** What a running mean that began at zero is multiplied by. */
    float meanCorrection() {
        return meanCorrection;
    }

    /** What a running square that began at zero is multiplied by. */
    float squareCorrection() {
        return squareCorrection;
    }
}
