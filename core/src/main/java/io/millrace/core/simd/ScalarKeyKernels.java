package io.millrace.core.simd;

/** {@link KeyKernels} as a plain loop. */
final class ScalarKeyKernels implements KeyKernels {
    @Override
    public String name() {
        return "scalar";
    }

    @Override
    public int insert(long[] keys, int count, long key) {
        int at = count;
        while (at > 0 && keys[at - 1] > key) {
            keys[at] = keys[at - 1];
            at--;
        }
        keys[at] = key;
        return at;
    }
}
