package io.millrace.core.simd;

/** What happens to a matrix product before it is stored. */
public enum Activation {
    /** The product as it is. */
    NONE,
    /** The larger of the product and zero; a value that is not a number stays one. */
    RELU
}
