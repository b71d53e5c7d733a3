package io.millrace.ranker.exchange;

import io.millrace.ranker.dcn.network.DcnStructure;
import io.millrace.ranker.model.SafetensorsFile;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The forms of a Deep &amp; Cross Network that one file may hold weights of, side by side. */
public enum DcnVariant {
    /** Square matrices, the deep part behind the cross layers. */
    FULL_STACKED("cross", DcnStructure.STACKED),
    /** Square matrices, the deep part beside the cross layers. */
    FULL_PARALLEL("cross", DcnStructure.PARALLEL),
    /** Matrices of a rank, the deep part behind the cross layers. */
    LOWRANK_STACKED("lowrank", DcnStructure.STACKED),
    /** Matrices of a rank, the deep part beside the cross layers. */
    LOWRANK_PARALLEL("lowrank", DcnStructure.PARALLEL),
    /** Mixtures of experts, the deep part behind the cross layers. */
    MIX_STACKED("mix", DcnStructure.STACKED),
    /** Mixtures of experts, the deep part beside the cross layers. */
    MIX_PARALLEL("mix", DcnStructure.PARALLEL);

    private final String crossName;
    private final DcnStructure structure;

    DcnVariant(String crossName, DcnStructure structure) {
        this.crossName = crossName;
        this.structure = structure;
    }

    /**
     * How users and files name it.
     *
     * @return as in {@code full_stacked}.
     */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The variants that a file has cross layers and a head of.
     *
     * @param file the tensors.
     * @return in the order of this type.
     */
    public static List<DcnVariant> in(SafetensorsFile file) {
        return Arrays.stream(values())
                .filter(each -> has(file, each.crossName + ".") && has(file, each.headName() + "."))
                .toList();
    }

    private static boolean has(SafetensorsFile file, String start) {
        return file.names().stream().anyMatch(name -> name.startsWith(start));
    }

    String crossName() {
        return crossName;
    }

    String headName() {
        return "head." + structure.name().toLowerCase(Locale.ROOT);
    }

    DcnStructure structure() {
        return structure;
    }
}
