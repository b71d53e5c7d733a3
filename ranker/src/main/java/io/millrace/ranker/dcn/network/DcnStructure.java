package io.millrace.ranker.dcn.network;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How the deep part stands to the cross layers. */
public enum DcnStructure {
    /** Beside them: it takes the input, and the head takes the ends of both. */
    @JsonProperty("parallel")
    PARALLEL(0),
    /** Behind them: it takes the last cross layer, and the head takes its end. */
    @JsonProperty("stacked")
    STACKED(1);

    private final int code;

    DcnStructure(int code) {
        this.code = code;
    }

    /** How files name it. */
    public int code() {
        return code;
    }
}
