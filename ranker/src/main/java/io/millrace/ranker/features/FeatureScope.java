package io.millrace.ranker.features;

/** Whose feature it is, and so which row it stands in. */
public enum FeatureScope {
    /** Of the person asking: one row a user. */
    USER,
    /** Of the moment: hour, tab, position; one row a request. */
    CONTEXT,
    /** Of the thing shown: one row an item. */
    ITEM,
    /** Of the thing at the moment it is shown, how it is doing of late: one row an impression. */
    IMPRESSION
}
