package io.millrace.server.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;

import org.junit.jupiter.api.Test;

import java.util.Map;

final class ConfigEnvironmentTest {
    private static final ServerConfig DEFAULTS = ServerConfig.defaults();

    @Test
    void shouldSetTheKeysThatVariablesName() {
        ServerConfig config =
                ConfigEnvironment.applyTo(
                        DEFAULTS,
                        Map.of(
                                "MILLRACE_SERVE_BUNDLE", "2026",
                                "MILLRACE_SERVE_NETWORK_PORT", "9000",
                                "MILLRACE_SERVE_NETWORK_ALLOW_REMOTE", "true",
                                "MILLRACE_SERVE_LIMITS_IN_FLIGHT_PER_CONNECTION", "7",
                                "MILLRACE_SERVE_FUNNEL_RECALL", "0.95",
                                "MILLRACE_SERVE_THREADS_IDLE", "spin",
                                "MILLRACE_JAVA_OPTS", "-Xmx8g",
                                "PATH", "/bin"));
        assertEquals(
                DEFAULTS.with("bundle", "2026")
                        .with("network.port", 9_000)
                        .with("network.allowRemote", true)
                        .with("limits.inFlightPerConnection", 7)
                        .with("funnel.recall", 0.95)
                        .with("threads.idle", "spin"),
                config);
        assertEquals(DEFAULTS, ConfigEnvironment.applyTo(DEFAULTS, Map.of()));
    }

    @Test
    void shouldHaveAVariableOfItsOwnForEachKey() {
        Map<String, String> keys = ConfigEnvironment.keysByVariable(DEFAULTS);
        assertEquals(keys.size(), Map.copyOf(keys).values().stream().distinct().count());
        assertEquals("tls.keyPassword", keys.get("MILLRACE_SERVE_TLS_KEY_PASSWORD"));
        assertTrue(keys.size() > 50, "keys=" + keys.size());
        keys.keySet().forEach(name -> assertTrue(name.matches("[A-Z_]+"), name));
    }

    @Test
    void shouldNameTheNearestVariableWhenOneIsUnknown() {
        assertMessage(
                ErrorCode.BAD_INPUT,
                "MILLRACE_SERVE_NETWORK_PROT",
                "9000",
                "unknown variable of the environment: name=MILLRACE_SERVE_NETWORK_PROT,"
                        + " nearest=MILLRACE_SERVE_NETWORK_PORT; correct or unset it");
    }

    @Test
    void shouldNameTheVariableWhenItsValueIsBad() {
        assertMessage(
                ErrorCode.USAGE,
                "MILLRACE_SERVE_LIMITS_K",
                "0",
                "value out of range: limits.k=0, limit=1 to 4096; change it"
                        + " (variable=MILLRACE_SERVE_LIMITS_K)");
        assertMessage(
                ErrorCode.BAD_INPUT,
                "MILLRACE_SERVE_LIMITS_K",
                "ten",
                "configuration is not json: variable=MILLRACE_SERVE_LIMITS_K, line=1, reason="
                        + "Unrecognized token 'ten'");
    }

    private static void assertMessage(ErrorCode code, String name, String value, String message) {
        MillraceException e =
                assertThrows(
                        MillraceException.class,
                        () -> ConfigEnvironment.applyTo(DEFAULTS, Map.of(name, value)));
        assertEquals(code, e.code());
        assertTrue(e.getMessage().startsWith(message), e.getMessage());
    }
}
