package io.millrace.core.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * The tiles {@link PanamaMatrixKernels} lays: each computes some rows by some columns of a product
 * with all sums in registers. They are alike but for their size, and written out because sums kept
 * in an array would not stay in registers.
 *
 * <p>All take: {@code a} with the strides from row to row and from step to step of the inner
 * dimension; {@code b} with the stride of its lines; the {@code depth} of the inner dimension;
 * where the sums start from; whether negative results become zero; and the target {@code c}.
 */
final class PanamaTiles {
    static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    static final int LANES = SPECIES.length();

    private PanamaTiles() {}

    static void packed6x4(
            float[] a,
            int aFrom,
            int aRow,
            float[] b,
            int bFrom,
            int depth,
            float[] start,
            int startFrom,
            int startRow,
            boolean relu,
            float[] c,
            int cFrom,
            int cRow) {
        FloatVector s00 = FloatVector.fromArray(SPECIES, start, startFrom);
        FloatVector s01 = FloatVector.fromArray(SPECIES, start, startFrom + LANES);
        FloatVector s02 = FloatVector.fromArray(SPECIES, start, startFrom + 2 * LANES);
        FloatVector s03 = FloatVector.fromArray(SPECIES, start, startFrom + 3 * LANES);
        FloatVector s10 = FloatVector.fromArray(SPECIES, start, startFrom + startRow);
        FloatVector s11 = FloatVector.fromArray(SPECIES, start, startFrom + startRow + LANES);
        FloatVector s12 = FloatVector.fromArray(SPECIES, start, startFrom + startRow + 2 * LANES);
        FloatVector s13 = FloatVector.fromArray(SPECIES, start, startFrom + startRow + 3 * LANES);
        FloatVector s20 = FloatVector.fromArray(SPECIES, start, startFrom + 2 * startRow);
        FloatVector s21 = FloatVector.fromArray(SPECIES, start, startFrom + 2 * startRow + LANES);
        FloatVector s22 =
                FloatVector.fromArray(SPECIES, start, startFrom + 2 * startRow + 2 * LANES);
        FloatVector s23 =
                FloatVector.fromArray(SPECIES, start, startFrom + 2 * startRow + 3 * LANES);
        FloatVector s30 = FloatVector.fromArray(SPECIES, start, startFrom + 3 * startRow);
        FloatVector s31 = FloatVector.fromArray(SPECIES, start, startFrom + 3 * startRow + LANES);
        FloatVector s32 =
                FloatVector.fromArray(SPECIES, start, startFrom + 3 * startRow + 2 * LANES);
        FloatVector s33 =
                FloatVector.fromArray(SPECIES, start, startFrom + 3 * startRow + 3 * LANES);
        FloatVector s40 = FloatVector.fromArray(SPECIES, start, startFrom + 4 * startRow);
        FloatVector s41 = FloatVector.fromArray(SPECIES, start, startFrom + 4 * startRow + LANES);
        FloatVector s42 =
                FloatVector.fromArray(SPECIES, start, startFrom + 4 * startRow + 2 * LANES);
        FloatVector s43 =
                FloatVector.fromArray(SPECIES, start, startFrom + 4 * startRow + 3 * LANES);
        FloatVector s50 = FloatVector.fromArray(SPECIES, start, startFrom + 5 * startRow);
        FloatVector s51 = FloatVector.fromArray(SPECIES, start, startFrom + 5 * startRow + LANES);
        FloatVector s52 =
                FloatVector.fromArray(SPECIES, start, startFrom + 5 * startRow + 2 * LANES);
        FloatVector s53 =
                FloatVector.fromArray(SPECIES, start, startFrom + 5 * startRow + 3 * LANES);
        for (int k = 0; k < depth; k++) {
            FloatVector b0 =
                    FloatVector.fromArray(SPECIES, b, bFrom + k * PackedMatrix.PANEL_WIDTH);
            FloatVector b1 =
                    FloatVector.fromArray(SPECIES, b, bFrom + k * PackedMatrix.PANEL_WIDTH + LANES);
            FloatVector b2 =
                    FloatVector.fromArray(
                            SPECIES, b, bFrom + k * PackedMatrix.PANEL_WIDTH + 2 * LANES);
            FloatVector b3 =
                    FloatVector.fromArray(
                            SPECIES, b, bFrom + k * PackedMatrix.PANEL_WIDTH + 3 * LANES);
            FloatVector a0 = FloatVector.broadcast(SPECIES, a[aFrom + k]);
            s00 = a0.fma(b0, s00);
            s01 = a0.fma(b1, s01);
            s02 = a0.fma(b2, s02);
            s03 = a0.fma(b3, s03);
            FloatVector a1 = FloatVector.broadcast(SPECIES, a[aFrom + aRow + k]);
            s10 = a1.fma(b0, s10);
            s11 = a1.fma(b1, s11);
            s12 = a1.fma(b2, s12);
            s13 = a1.fma(b3, s13);
            FloatVector a2 = FloatVector.broadcast(SPECIES, a[aFrom + 2 * aRow + k]);
            s20 = a2.fma(b0, s20);
            s21 = a2.fma(b1, s21);
            s22 = a2.fma(b2, s22);
            s23 = a2.fma(b3, s23);
            FloatVector a3 = FloatVector.broadcast(SPECIES, a[aFrom + 3 * aRow + k]);
            s30 = a3.fma(b0, s30);
            s31 = a3.fma(b1, s31);
            s32 = a3.fma(b2, s32);
            s33 = a3.fma(b3, s33);
            FloatVector a4 = FloatVector.broadcast(SPECIES, a[aFrom + 4 * aRow + k]);
            s40 = a4.fma(b0, s40);
            s41 = a4.fma(b1, s41);
            s42 = a4.fma(b2, s42);
            s43 = a4.fma(b3, s43);
            FloatVector a5 = FloatVector.broadcast(SPECIES, a[aFrom + 5 * aRow + k]);
            s50 = a5.fma(b0, s50);
            s51 = a5.fma(b1, s51);
            s52 = a5.fma(b2, s52);
            s53 = a5.fma(b3, s53);
        }
        if (relu) {
            s00 = s00.blend(0f, s00.lt(0f));
            s01 = s01.blend(0f, s01.lt(0f));
            s02 = s02.blend(0f, s02.lt(0f));
            s03 = s03.blend(0f, s03.lt(0f));
            s10 = s10.blend(0f, s10.lt(0f));
            s11 = s11.blend(0f, s11.lt(0f));
            s12 = s12.blend(0f, s12.lt(0f));
            s13 = s13.blend(0f, s13.lt(0f));
            s20 = s20.blend(0f, s20.lt(0f));
            s21 = s21.blend(0f, s21.lt(0f));
            s22 = s22.blend(0f, s22.lt(0f));
            s23 = s23.blend(0f, s23.lt(0f));
            s30 = s30.blend(0f, s30.lt(0f));
            s31 = s31.blend(0f, s31.lt(0f));
            s32 = s32.blend(0f, s32.lt(0f));
            s33 = s33.blend(0f, s33.lt(0f));
            s40 = s40.blend(0f, s40.lt(0f));
            s41 = s41.blend(0f, s41.lt(0f));
            s42 = s42.blend(0f, s42.lt(0f));
            s43 = s43.blend(0f, s43.lt(0f));
            s50 = s50.blend(0f, s50.lt(0f));
            s51 = s51.blend(0f, s51.lt(0f));
            s52 = s52.blend(0f, s52.lt(0f));
            s53 = s53.blend(0f, s53.lt(0f));
        }
        s00.intoArray(c, cFrom);
        s01.intoArray(c, cFrom + LANES);
        s02.intoArray(c, cFrom + 2 * LANES);
        s03.intoArray(c, cFrom + 3 * LANES);
        s10.intoArray(c, cFrom + cRow);
        s11.intoArray(c, cFrom + cRow + LANES);
        s12.intoArray(c, cFrom + cRow + 2 * LANES);
        s13.intoArray(c, cFrom + cRow + 3 * LANES);
        s20.intoArray(c, cFrom + 2 * cRow);
        s21.intoArray(c, cFrom + 2 * cRow + LANES);
        s22.intoArray(c, cFrom + 2 * cRow + 2 * LANES);
        s23.intoArray(c, cFrom + 2 * cRow + 3 * LANES);
        s30.intoArray(c, cFrom + 3 * cRow);
        s31.intoArray(c, cFrom + 3 * cRow + LANES);
        s32.intoArray(c, cFrom + 3 * cRow + 2 * LANES);
        s33.intoArray(c, cFrom + 3 * cRow + 3 * LANES);
        s40.intoArray(c, cFrom + 4 * cRow);
        s41.intoArray(c, cFrom + 4 * cRow + LANES);
        s42.intoArray(c, cFrom + 4 * cRow + 2 * LANES);
        s43.intoArray(c, cFrom + 4 * cRow + 3 * LANES);
        s50.intoArray(c, cFrom + 5 * cRow);
        s51.intoArray(c, cFrom + 5 * cRow + LANES);
        s52.intoArray(c, cFrom + 5 * cRow + 2 * LANES);
        s53.intoArray(c, cFrom + 5 * cRow + 3 * LANES);
    }

    static void plain6x4(
            float[] a,
            int aFrom,
            int aRow,
            int aStep,
            float[] b,
            int bFrom,
            int bStep,
            int depth,
            float[] start,
            int startFrom,
            int startRow,
            boolean relu,
            float[] c,
            int cFrom,
            int cRow) {
        FloatVector s00 = FloatVector.fromArray(SPECIES, start, startFrom);
        FloatVector s01 = FloatVector.fromArray(SPECIES, start, startFrom + LANES);
        FloatVector s02 = FloatVector.fromArray(SPECIES, start, startFrom + 2 * LANES);
        FloatVector s03 = FloatVector.fromArray(SPECIES, start, startFrom + 3 * LANES);
        FloatVector s10 = FloatVector.fromArray(SPECIES, start, startFrom + startRow);
        FloatVector s11 = FloatVector.fromArray(SPECIES, start, startFrom + startRow + LANES);
        FloatVector s12 = FloatVector.fromArray(SPECIES, start, startFrom + startRow + 2 * LANES);
        FloatVector s13 = FloatVector.fromArray(SPECIES, start, startFrom + startRow + 3 * LANES);
        FloatVector s20 = FloatVector.fromArray(SPECIES, start, startFrom + 2 * startRow);
        FloatVector s21 = FloatVector.fromArray(SPECIES, start, startFrom + 2 * startRow + LANES);
        FloatVector s22 =
                FloatVector.fromArray(SPECIES, start, startFrom + 2 * startRow + 2 * LANES);
        FloatVector s23 =
                FloatVector.fromArray(SPECIES, start, startFrom + 2 * startRow + 3 * LANES);
        FloatVector s30 = FloatVector.fromArray(SPECIES, start, startFrom + 3 * startRow);
        FloatVector s31 = FloatVector.fromArray(SPECIES, start, startFrom + 3 * startRow + LANES);
        FloatVector s32 =
                FloatVector.fromArray(SPECIES, start, startFrom + 3 * startRow + 2 * LANES);
        FloatVector s33 =
                FloatVector.fromArray(SPECIES, start, startFrom + 3 * startRow + 3 * LANES);
        FloatVector s40 = FloatVector.fromArray(SPECIES, start, startFrom + 4 * startRow);
        FloatVector s41 = FloatVector.fromArray(SPECIES, start, startFrom + 4 * startRow + LANES);
        FloatVector s42 =
                FloatVector.fromArray(SPECIES, start, startFrom + 4 * startRow + 2 * LANES);
        FloatVector s43 =
                FloatVector.fromArray(SPECIES, start, startFrom + 4 * startRow + 3 * LANES);
        FloatVector s50 = FloatVector.fromArray(SPECIES, start, startFrom + 5 * startRow);
        FloatVector s51 = FloatVector.fromArray(SPECIES, start, startFrom + 5 * startRow + LANES);
        FloatVector s52 =
                FloatVector.fromArray(SPECIES, start, startFrom + 5 * startRow + 2 * LANES);
        FloatVector s53 =
                FloatVector.fromArray(SPECIES, start, startFrom + 5 * startRow + 3 * LANES);
        for (int k = 0; k < depth; k++) {
            FloatVector b0 = FloatVector.fromArray(SPECIES, b, bFrom + k * bStep);
            FloatVector b1 = FloatVector.fromArray(SPECIES, b, bFrom + k * bStep + LANES);
            FloatVector b2 = FloatVector.fromArray(SPECIES, b, bFrom + k * bStep + 2 * LANES);
            FloatVector b3 = FloatVector.fromArray(SPECIES, b, bFrom + k * bStep + 3 * LANES);
            FloatVector a0 = FloatVector.broadcast(SPECIES, a[aFrom + k * aStep]);
            s00 = a0.fma(b0, s00);
            s01 = a0.fma(b1, s01);
            s02 = a0.fma(b2, s02);
            s03 = a0.fma(b3, s03);
            FloatVector a1 = FloatVector.broadcast(SPECIES, a[aFrom + aRow + k * aStep]);
            s10 = a1.fma(b0, s10);
            s11 = a1.fma(b1, s11);
            s12 = a1.fma(b2, s12);
            s13 = a1.fma(b3, s13);
            FloatVector a2 = FloatVector.broadcast(SPECIES, a[aFrom + 2 * aRow + k * aStep]);
            s20 = a2.fma(b0, s20);
            s21 = a2.fma(b1, s21);
            s22 = a2.fma(b2, s22);
            s23 = a2.fma(b3, s23);
            FloatVector a3 = FloatVector.broadcast(SPECIES, a[aFrom + 3 * aRow + k * aStep]);
            s30 = a3.fma(b0, s30);
            s31 = a3.fma(b1, s31);
            s32 = a3.fma(b2, s32);
            s33 = a3.fma(b3, s33);
            FloatVector a4 = FloatVector.broadcast(SPECIES, a[aFrom + 4 * aRow + k * aStep]);
            s40 = a4.fma(b0, s40);
            s41 = a4.fma(b1, s41);
            s42 = a4.fma(b2, s42);
            s43 = a4.fma(b3, s43);
            FloatVector a5 = FloatVector.broadcast(SPECIES, a[aFrom + 5 * aRow + k * aStep]);
            s50 = a5.fma(b0, s50);
            s51 = a5.fma(b1, s51);
            s52 = a5.fma(b2, s52);
            s53 = a5.fma(b3, s53);
        }
        if (relu) {
            s00 = s00.blend(0f, s00.lt(0f));
            s01 = s01.blend(0f, s01.lt(0f));
            s02 = s02.blend(0f, s02.lt(0f));
            s03 = s03.blend(0f, s03.lt(0f));
            s10 = s10.blend(0f, s10.lt(0f));
            s11 = s11.blend(0f, s11.lt(0f));
            s12 = s12.blend(0f, s12.lt(0f));
            s13 = s13.blend(0f, s13.lt(0f));
            s20 = s20.blend(0f, s20.lt(0f));
            s21 = s21.blend(0f, s21.lt(0f));
            s22 = s22.blend(0f, s22.lt(0f));
            s23 = s23.blend(0f, s23.lt(0f));
            s30 = s30.blend(0f, s30.lt(0f));
            s31 = s31.blend(0f, s31.lt(0f));
            s32 = s32.blend(0f, s32.lt(0f));
            s33 = s33.blend(0f, s33.lt(0f));
            s40 = s40.blend(0f, s40.lt(0f));
            s41 = s41.blend(0f, s41.lt(0f));
            s42 = s42.blend(0f, s42.lt(0f));
            s43 = s43.blend(0f, s43.lt(0f));
            s50 = s50.blend(0f, s50.lt(0f));
            s51 = s51.blend(0f, s51.lt(0f));
            s52 = s52.blend(0f, s52.lt(0f));
            s53 = s53.blend(0f, s53.lt(0f));
        }
        s00.intoArray(c, cFrom);
        s01.intoArray(c, cFrom + LANES);
        s02.intoArray(c, cFrom + 2 * LANES);
        s03.intoArray(c, cFrom + 3 * LANES);
        s10.intoArray(c, cFrom + cRow);
        s11.intoArray(c, cFrom + cRow + LANES);
        s12.intoArray(c, cFrom + cRow + 2 * LANES);
        s13.intoArray(c, cFrom + cRow + 3 * LANES);
        s20.intoArray(c, cFrom + 2 * cRow);
        s21.intoArray(c, cFrom + 2 * cRow + LANES);
        s22.intoArray(c, cFrom + 2 * cRow + 2 * LANES);
        s23.intoArray(c, cFrom + 2 * cRow + 3 * LANES);
        s30.intoArray(c, cFrom + 3 * cRow);
        s31.intoArray(c, cFrom + 3 * cRow + LANES);
        s32.intoArray(c, cFrom + 3 * cRow + 2 * LANES);
        s33.intoArray(c, cFrom + 3 * cRow + 3 * LANES);
        s40.intoArray(c, cFrom + 4 * cRow);
        s41.intoArray(c, cFrom + 4 * cRow + LANES);
        s42.intoArray(c, cFrom + 4 * cRow + 2 * LANES);
        s43.intoArray(c, cFrom + 4 * cRow + 3 * LANES);
        s50.intoArray(c, cFrom + 5 * cRow);
        s51.intoArray(c, cFrom + 5 * cRow + LANES);
        s52.intoArray(c, cFrom + 5 * cRow + 2 * LANES);
        s53.intoArray(c, cFrom + 5 * cRow + 3 * LANES);
    }

    static void plain6x2(
            float[] a,
            int aFrom,
            int aRow,
            int aStep,
            float[] b,
            int bFrom,
            int bStep,
            int depth,
            float[] start,
            int startFrom,
            int startRow,
            boolean relu,
            float[] c,
            int cFrom,
            int cRow) {
        FloatVector s00 = FloatVector.fromArray(SPECIES, start, startFrom);
        FloatVector s01 = FloatVector.fromArray(SPECIES, start, startFrom + LANES);
        FloatVector s10 = FloatVector.fromArray(SPECIES, start, startFrom + startRow);
        FloatVector s11 = FloatVector.fromArray(SPECIES, start, startFrom + startRow + LANES);
        FloatVector s20 = FloatVector.fromArray(SPECIES, start, startFrom + 2 * startRow);
        FloatVector s21 = FloatVector.fromArray(SPECIES, start, startFrom + 2 * startRow + LANES);
        FloatVector s30 = FloatVector.fromArray(SPECIES, start, startFrom + 3 * startRow);
        FloatVector s31 = FloatVector.fromArray(SPECIES, start, startFrom + 3 * startRow + LANES);
        FloatVector s40 = FloatVector.fromArray(SPECIES, start, startFrom + 4 * startRow);
        FloatVector s41 = FloatVector.fromArray(SPECIES, start, startFrom + 4 * startRow + LANES);
        FloatVector s50 = FloatVector.fromArray(SPECIES, start, startFrom + 5 * startRow);
        FloatVector s51 = FloatVector.fromArray(SPECIES, start, startFrom + 5 * startRow + LANES);
        for (int k = 0; k < depth; k++) {
            FloatVector b0 = FloatVector.fromArray(SPECIES, b, bFrom + k * bStep);
            FloatVector b1 = FloatVector.fromArray(SPECIES, b, bFrom + k * bStep + LANES);
            FloatVector a0 = FloatVector.broadcast(SPECIES, a[aFrom + k * aStep]);
            s00 = a0.fma(b0, s00);
            s01 = a0.fma(b1, s01);
            FloatVector a1 = FloatVector.broadcast(SPECIES, a[aFrom + aRow + k * aStep]);
            s10 = a1.fma(b0, s10);
            s11 = a1.fma(b1, s11);
            FloatVector a2 = FloatVector.broadcast(SPECIES, a[aFrom + 2 * aRow + k * aStep]);
            s20 = a2.fma(b0, s20);
            s21 = a2.fma(b1, s21);
            FloatVector a3 = FloatVector.broadcast(SPECIES, a[aFrom + 3 * aRow + k * aStep]);
            s30 = a3.fma(b0, s30);
            s31 = a3.fma(b1, s31);
            FloatVector a4 = FloatVector.broadcast(SPECIES, a[aFrom + 4 * aRow + k * aStep]);
            s40 = a4.fma(b0, s40);
            s41 = a4.fma(b1, s41);
            FloatVector a5 = FloatVector.broadcast(SPECIES, a[aFrom + 5 * aRow + k * aStep]);
            s50 = a5.fma(b0, s50);
            s51 = a5.fma(b1, s51);
        }
        if (relu) {
            s00 = s00.blend(0f, s00.lt(0f));
            s01 = s01.blend(0f, s01.lt(0f));
            s10 = s10.blend(0f, s10.lt(0f));
            s11 = s11.blend(0f, s11.lt(0f));
            s20 = s20.blend(0f, s20.lt(0f));
            s21 = s21.blend(0f, s21.lt(0f));
            s30 = s30.blend(0f, s30.lt(0f));
            s31 = s31.blend(0f, s31.lt(0f));
            s40 = s40.blend(0f, s40.lt(0f));
            s41 = s41.blend(0f, s41.lt(0f));
            s50 = s50.blend(0f, s50.lt(0f));
            s51 = s51.blend(0f, s51.lt(0f));
        }
        s00.intoArray(c, cFrom);
        s01.intoArray(c, cFrom + LANES);
        s10.intoArray(c, cFrom + cRow);
        s11.intoArray(c, cFrom + cRow + LANES);
        s20.intoArray(c, cFrom + 2 * cRow);
        s21.intoArray(c, cFrom + 2 * cRow + LANES);
        s30.intoArray(c, cFrom + 3 * cRow);
        s31.intoArray(c, cFrom + 3 * cRow + LANES);
        s40.intoArray(c, cFrom + 4 * cRow);
        s41.intoArray(c, cFrom + 4 * cRow + LANES);
        s50.intoArray(c, cFrom + 5 * cRow);
        s51.intoArray(c, cFrom + 5 * cRow + LANES);
    }

    static void plain6x1(
            float[] a,
            int aFrom,
            int aRow,
            int aStep,
            float[] b,
            int bFrom,
            int bStep,
            int depth,
            float[] start,
            int startFrom,
            int startRow,
            boolean relu,
            float[] c,
            int cFrom,
            int cRow) {
        FloatVector s0 = FloatVector.fromArray(SPECIES, start, startFrom);
        FloatVector s1 = FloatVector.fromArray(SPECIES, start, startFrom + startRow);
        FloatVector s2 = FloatVector.fromArray(SPECIES, start, startFrom + 2 * startRow);
        FloatVector s3 = FloatVector.fromArray(SPECIES, start, startFrom + 3 * startRow);
        FloatVector s4 = FloatVector.fromArray(SPECIES, start, startFrom + 4 * startRow);
        FloatVector s5 = FloatVector.fromArray(SPECIES, start, startFrom + 5 * startRow);
        for (int k = 0; k < depth; k++) {
            FloatVector b0 = FloatVector.fromArray(SPECIES, b, bFrom + k * bStep);
            FloatVector a0 = FloatVector.broadcast(SPECIES, a[aFrom + k * aStep]);
            s0 = a0.fma(b0, s0);
            FloatVector a1 = FloatVector.broadcast(SPECIES, a[aFrom + aRow + k * aStep]);
            s1 = a1.fma(b0, s1);
            FloatVector a2 = FloatVector.broadcast(SPECIES, a[aFrom + 2 * aRow + k * aStep]);
            s2 = a2.fma(b0, s2);
            FloatVector a3 = FloatVector.broadcast(SPECIES, a[aFrom + 3 * aRow + k * aStep]);
            s3 = a3.fma(b0, s3);
            FloatVector a4 = FloatVector.broadcast(SPECIES, a[aFrom + 4 * aRow + k * aStep]);
            s4 = a4.fma(b0, s4);
            FloatVector a5 = FloatVector.broadcast(SPECIES, a[aFrom + 5 * aRow + k * aStep]);
            s5 = a5.fma(b0, s5);
        }
        if (relu) {
            s0 = s0.blend(0f, s0.lt(0f));
            s1 = s1.blend(0f, s1.lt(0f));
            s2 = s2.blend(0f, s2.lt(0f));
            s3 = s3.blend(0f, s3.lt(0f));
            s4 = s4.blend(0f, s4.lt(0f));
            s5 = s5.blend(0f, s5.lt(0f));
        }
        s0.intoArray(c, cFrom);
        s1.intoArray(c, cFrom + cRow);
        s2.intoArray(c, cFrom + 2 * cRow);
        s3.intoArray(c, cFrom + 3 * cRow);
        s4.intoArray(c, cFrom + 4 * cRow);
        s5.intoArray(c, cFrom + 5 * cRow);
    }

    /**
     * Fewer columns than a vector has lanes. Sums start from what {@code c} holds; a whole vector
     * must be there to be read at each row of {@code c} and each line of {@code b}.
     */
    static void rest6x1(
            float[] a,
            int aFrom,
            int aRow,
            int aStep,
            float[] b,
            int bFrom,
            int bStep,
            int depth,
            boolean relu,
            float[] c,
            int cFrom,
            int cRow,
            int width) {
        VectorMask<Float> columns = VectorMask.fromLong(SPECIES, (1L << width) - 1);
        FloatVector s0 = FloatVector.fromArray(SPECIES, c, cFrom);
        FloatVector s1 = FloatVector.fromArray(SPECIES, c, cFrom + cRow);
        FloatVector s2 = FloatVector.fromArray(SPECIES, c, cFrom + 2 * cRow);
        FloatVector s3 = FloatVector.fromArray(SPECIES, c, cFrom + 3 * cRow);
        FloatVector s4 = FloatVector.fromArray(SPECIES, c, cFrom + 4 * cRow);
        FloatVector s5 = FloatVector.fromArray(SPECIES, c, cFrom + 5 * cRow);
        for (int k = 0; k < depth; k++) {
            FloatVector b0 = FloatVector.fromArray(SPECIES, b, bFrom + k * bStep);
            FloatVector a0 = FloatVector.broadcast(SPECIES, a[aFrom + k * aStep]);
            s0 = a0.fma(b0, s0);
            FloatVector a1 = FloatVector.broadcast(SPECIES, a[aFrom + aRow + k * aStep]);
            s1 = a1.fma(b0, s1);
            FloatVector a2 = FloatVector.broadcast(SPECIES, a[aFrom + 2 * aRow + k * aStep]);
            s2 = a2.fma(b0, s2);
            FloatVector a3 = FloatVector.broadcast(SPECIES, a[aFrom + 3 * aRow + k * aStep]);
            s3 = a3.fma(b0, s3);
            FloatVector a4 = FloatVector.broadcast(SPECIES, a[aFrom + 4 * aRow + k * aStep]);
            s4 = a4.fma(b0, s4);
            FloatVector a5 = FloatVector.broadcast(SPECIES, a[aFrom + 5 * aRow + k * aStep]);
            s5 = a5.fma(b0, s5);
        }
        if (relu) {
            s0 = s0.blend(0f, s0.lt(0f));
            s1 = s1.blend(0f, s1.lt(0f));
            s2 = s2.blend(0f, s2.lt(0f));
            s3 = s3.blend(0f, s3.lt(0f));
            s4 = s4.blend(0f, s4.lt(0f));
            s5 = s5.blend(0f, s5.lt(0f));
        }
        s0.intoArray(c, cFrom, columns);
        s1.intoArray(c, cFrom + cRow, columns);
        s2.intoArray(c, cFrom + 2 * cRow, columns);
        s3.intoArray(c, cFrom + 3 * cRow, columns);
        s4.intoArray(c, cFrom + 4 * cRow, columns);
        s5.intoArray(c, cFrom + 5 * cRow, columns);
    }

    static void scalar6x1(
            float[] a,
            int aFrom,
            int aRow,
            int aStep,
            float[] b,
            int bFrom,
            int bStep,
            int depth,
            float[] start,
            int startFrom,
            int startRow,
            boolean relu,
            float[] c,
            int cFrom,
            int cRow) {
        float s0 = start[startFrom];
        float s1 = start[startFrom + startRow];
        float s2 = start[startFrom + 2 * startRow];
        float s3 = start[startFrom + 3 * startRow];
        float s4 = start[startFrom + 4 * startRow];
        float s5 = start[startFrom + 5 * startRow];
        for (int k = 0; k < depth; k++) {
            float b0 = b[bFrom + k * bStep];
            s0 = Math.fma(a[aFrom + k * aStep], b0, s0);
            s1 = Math.fma(a[aFrom + aRow + k * aStep], b0, s1);
            s2 = Math.fma(a[aFrom + 2 * aRow + k * aStep], b0, s2);
            s3 = Math.fma(a[aFrom + 3 * aRow + k * aStep], b0, s3);
            s4 = Math.fma(a[aFrom + 4 * aRow + k * aStep], b0, s4);
            s5 = Math.fma(a[aFrom + 5 * aRow + k * aStep], b0, s5);
        }
        c[cFrom] = relu && s0 < 0 ? 0f : s0;
        c[cFrom + cRow] = relu && s1 < 0 ? 0f : s1;
        c[cFrom + 2 * cRow] = relu && s2 < 0 ? 0f : s2;
        c[cFrom + 3 * cRow] = relu && s3 < 0 ? 0f : s3;
        c[cFrom + 4 * cRow] = relu && s4 < 0 ? 0f : s4;
        c[cFrom + 5 * cRow] = relu && s5 < 0 ? 0f : s5;
    }

    static void plain1x4(
            float[] a,
            int aFrom,
            int aStep,
            float[] b,
            int bFrom,
            int bStep,
            int depth,
            float[] start,
            int startFrom,
            boolean relu,
            float[] c,
            int cFrom) {
        FloatVector s00 = FloatVector.fromArray(SPECIES, start, startFrom);
        FloatVector s01 = FloatVector.fromArray(SPECIES, start, startFrom + LANES);
        FloatVector s02 = FloatVector.fromArray(SPECIES, start, startFrom + 2 * LANES);
        FloatVector s03 = FloatVector.fromArray(SPECIES, start, startFrom + 3 * LANES);
        for (int k = 0; k < depth; k++) {
            FloatVector b0 = FloatVector.fromArray(SPECIES, b, bFrom + k * bStep);
            FloatVector b1 = FloatVector.fromArray(SPECIES, b, bFrom + k * bStep + LANES);
            FloatVector b2 = FloatVector.fromArray(SPECIES, b, bFrom + k * bStep + 2 * LANES);
            FloatVector b3 = FloatVector.fromArray(SPECIES, b, bFrom + k * bStep + 3 * LANES);
            FloatVector a0 = FloatVector.broadcast(SPECIES, a[aFrom + k * aStep]);
            s00 = a0.fma(b0, s00);
            s01 = a0.fma(b1, s01);
            s02 = a0.fma(b2, s02);
            s03 = a0.fma(b3, s03);
        }
        if (relu) {
            s00 = s00.blend(0f, s00.lt(0f));
            s01 = s01.blend(0f, s01.lt(0f));
            s02 = s02.blend(0f, s02.lt(0f));
            s03 = s03.blend(0f, s03.lt(0f));
        }
        s00.intoArray(c, cFrom);
        s01.intoArray(c, cFrom + LANES);
        s02.intoArray(c, cFrom + 2 * LANES);
        s03.intoArray(c, cFrom + 3 * LANES);
    }

    static void plain1x2(
            float[] a,
            int aFrom,
            int aStep,
            float[] b,
            int bFrom,
            int bStep,
            int depth,
            float[] start,
            int startFrom,
            boolean relu,
            float[] c,
            int cFrom) {
        FloatVector s00 = FloatVector.fromArray(SPECIES, start, startFrom);
        FloatVector s01 = FloatVector.fromArray(SPECIES, start, startFrom + LANES);
        for (int k = 0; k < depth; k++) {
            FloatVector b0 = FloatVector.fromArray(SPECIES, b, bFrom + k * bStep);
            FloatVector b1 = FloatVector.fromArray(SPECIES, b, bFrom + k * bStep + LANES);
            FloatVector a0 = FloatVector.broadcast(SPECIES, a[aFrom + k * aStep]);
            s00 = a0.fma(b0, s00);
            s01 = a0.fma(b1, s01);
        }
        if (relu) {
            s00 = s00.blend(0f, s00.lt(0f));
            s01 = s01.blend(0f, s01.lt(0f));
        }
        s00.intoArray(c, cFrom);
        s01.intoArray(c, cFrom + LANES);
    }

    static void plain1x1(
            float[] a,
            int aFrom,
            int aStep,
            float[] b,
            int bFrom,
            int bStep,
            int depth,
            float[] start,
            int startFrom,
            boolean relu,
            float[] c,
            int cFrom) {
        FloatVector s0 = FloatVector.fromArray(SPECIES, start, startFrom);
        for (int k = 0; k < depth; k++) {
            FloatVector b0 = FloatVector.fromArray(SPECIES, b, bFrom + k * bStep);
            FloatVector a0 = FloatVector.broadcast(SPECIES, a[aFrom + k * aStep]);
            s0 = a0.fma(b0, s0);
        }
        if (relu) {
            s0 = s0.blend(0f, s0.lt(0f));
        }
        s0.intoArray(c, cFrom);
    }

    /** One row of {@link #rest6x1}. */
    static void rest1x1(
            float[] a,
            int aFrom,
            int aStep,
            float[] b,
            int bFrom,
            int bStep,
            int depth,
            boolean relu,
            float[] c,
            int cFrom,
            int width) {
        VectorMask<Float> columns = VectorMask.fromLong(SPECIES, (1L << width) - 1);
        FloatVector s0 = FloatVector.fromArray(SPECIES, c, cFrom);
        for (int k = 0; k < depth; k++) {
            FloatVector b0 = FloatVector.fromArray(SPECIES, b, bFrom + k * bStep);
            FloatVector a0 = FloatVector.broadcast(SPECIES, a[aFrom + k * aStep]);
            s0 = a0.fma(b0, s0);
        }
        if (relu) {
            s0 = s0.blend(0f, s0.lt(0f));
        }
        s0.intoArray(c, cFrom, columns);
    }

    static void scalar1x1(
            float[] a,
            int aFrom,
            int aStep,
            float[] b,
            int bFrom,
            int bStep,
            int depth,
            float[] start,
            int startFrom,
            boolean relu,
            float[] c,
            int cFrom) {
        float s0 = start[startFrom];
        for (int k = 0; k < depth; k++) {
            float b0 = b[bFrom + k * bStep];
            s0 = Math.fma(a[aFrom + k * aStep], b0, s0);
        }
        c[cFrom] = relu && s0 < 0 ? 0f : s0;
    }
}
