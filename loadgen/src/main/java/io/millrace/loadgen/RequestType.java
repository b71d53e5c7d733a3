package io.millrace.loadgen;

/** What a planned request asks for. */
enum RequestType {
    /** Items for a user. */
    RECOMMEND,
    /** Items like an item. */
    SIMILAR,
    /** The order of some items for a user. */
    RANK,
    /** Items nearest to a vector. */
    SEARCH
}
