package io.millrace.core.json;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;

class NearestKeyTest {
    private static final List<String> KNOWN =
            List.of("userId", "itemId", "network.port", "network.adminPort", "limits.port");

    @ParameterizedTest
    @CsvSource({
        "usrId, userId",
        "USERID, userId",
        "itemid, itemId",
        "network.prot, network.port",
        "limit.port, limits.port",
        "network.adminprt, network.adminPort",
    })
    void shouldFindWhatWasMeant(String key, String nearest) {
        assertEquals(nearest, NearestKey.of(key, KNOWN));
    }

    @Test
    void shouldFindNothingWhereThereIsNone() {
        assertEquals("", NearestKey.of("userId", List.of()));
    }
}
