package io.millrace.server.change;

import io.millrace.core.wire.codec.FormCode;
import io.millrace.ranker.features.FeatureScope;

import java.util.Map;

/**
 * What a bundle can be told of, so that changes of another one are told without the rest.
 *
 * @param ofItems features of items by name, with the form of their values
 * @param ofUsers features of users
 * @param dimension numbers of a vector
 */
public record KnownColumns(
        Map<String, FormCode> ofItems, Map<String, FormCode> ofUsers, int dimension) {
    /** Copies the maps. */
    public KnownColumns {
        ofItems = Map.copyOf(ofItems);
        ofUsers = Map.copyOf(ofUsers);
    }

    boolean has(FeatureScope scope, String name, FormCode form) {
        return (scope == FeatureScope.USER ? ofUsers : ofItems).get(name) == form;
    }
}
