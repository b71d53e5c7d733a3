package io.millrace.server.change;

import io.millrace.server.request.Answer;
import io.millrace.server.request.Request;

/** Makes changes that are on the disk: as they come, or again after a restart. */
@FunctionalInterface
public interface ChangeTarget {
    /**
     * Makes a change, all of it or nothing. The same changes on the same state have the same
     * outcome.
     *
     * @param request what is to be changed
     * @param answer told why where nothing is
     */
    void apply(Request request, Answer answer);
}
