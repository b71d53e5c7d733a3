package io.millrace.loadgen.watch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;

import io.millrace.client.connection.ClientSecurity;
import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.json.Json;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;

import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;

/**
 * The admin pages of a server.
 *
 * <p>Threading: any thread.
 */
public final class AdminPages {
    private static final int TIMEOUT_MS = 3_000;

    /** Beyond its time, for a recording to be written and to be sent. */
    private static final int RECORDED_MS = 60_000;

    private static final double MS_PER_SECOND = 1e3;
    private static final double NS_PER_MS = 1e6;

    private final String host;
    private final int port;
    private final ClientSecurity security;

    /**
     * Names the pages; asks for nothing.
     *
     * @param host of the admin port.
     * @param port the port.
     */
    public AdminPages(String host, int port) {
        this(host, port, ClientSecurity.NONE);
    }

    /**
     * Names the pages of a server that is guarded; asks for nothing.
     *
     * @param host of the admin port.
     * @param port the port.
     * @param security how the server is known, and knows who asks.
     */
    public AdminPages(String host, int port, ClientSecurity security) {
        this.host = host;
        this.port = port;
        this.security = security;
    }

    /**
     * What the server has counted and timed up to now. It is not unpacked yet, for which a run has
     * no time.
     *
     * @return the page.
     * @throws MillraceException UNAVAILABLE when there is no answer within three seconds, or none
     *     of a server of ours.
     */
    ServerPage page() {
        return page(false);
    }

    /**
     * The same, of which all is looked at: a server of another version may have other things to
     * tell, which is better known before a run.
     *
     * @return the page.
     * @throws MillraceException as {@link #page}.
     */
    ServerPage firstPage() {
        return page(true);
    }

    private ServerPage page(boolean isUnpacked) {
        byte[] answer = get("/stats", "histograms=1", TIMEOUT_MS);
        try {
            JsonNode root = Json.mapper().readTree(answer);
            ServerPage page = ServerPage.of(root);
            if (isUnpacked) {
                ServerSample.of(page);
            }
            return page;
        } catch (IOException | IllegalArgumentException e) {
            throw new MillraceException(
                    ErrorCode.UNAVAILABLE,
                    "statistics that make no sense: "
                            + this
                            + ", reason="
                            + reason(e)
                            + "; name the admin port of a server of this version by --admin",
                    e);
        }
    }

    /**
     * A flight recording of the server from now on; waits for its end.
     *
     * @param duration how long it takes.
     * @param slow requests are recorded that take as long.
     * @return its bytes.
     * @throws MillraceException UNAVAILABLE when the server refuses, or is there no more at the
     *     end.
     */
    public byte[] recording(Duration duration, Duration slow) {
        String query =
                "seconds="
                        + duration.toMillis() / MS_PER_SECOND
                        + "&slow_ms="
                        + slow.toNanos() / NS_PER_MS;
        return get("/flight", query, (int) duration.toMillis() + RECORDED_MS);
    }

    private static String reason(Exception e) {
        return e instanceof JsonProcessingException json
                ? json.getOriginalMessage()
                : String.valueOf(e.getMessage());
    }

    private byte[] get(String path, String query, int timeoutMs) {
        try {
            SSLContext tls = security.tls();
            String scheme = tls == null ? "http" : "https";
            URI uri = new URI(scheme, null, host, port, path, query, null);
            HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
            if (tls != null) {
                ((HttpsURLConnection) connection).setSSLSocketFactory(tls.getSocketFactory());
            }
            String token = security.tokenFor(InetAddress.getByName(host));
            if (token != null) {
                connection.setRequestProperty("Authorization", "Bearer " + token);
            }
            connection.setConnectTimeout(TIMEOUT_MS);
            connection.setReadTimeout(timeoutMs);
            if (connection.getResponseCode() != HttpURLConnection.HTTP_OK) {
                throw MillraceException.of(
                        ErrorCode.UNAVAILABLE,
                        "the admin port refuses: %s, page=%s, status=%d; name that of the server"
                                + " by --admin",
                        this,
                        path,
                        connection.getResponseCode());
            }
            try (InputStream body = connection.getInputStream()) {
                return body.readAllBytes();
            }
        } catch (IOException | URISyntaxException e) {
            throw new MillraceException(
                    ErrorCode.UNAVAILABLE,
                    "no answer from the admin port: "
                            + this
                            + ", reason="
                            + e.getMessage()
                            + "; name that of the server by --admin",
                    e);
        }
    }

    @Override
    public String toString() {
        return "admin=" + host + ":" + port;
    }
}
