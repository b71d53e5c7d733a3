package io.millrace.cli.serve;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.json.Json;
import io.millrace.core.progress.ProgressListener;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Locale;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;

/**
 * Asks the admin pages of a server.
 *
 * <p>Threading: one thread.
 */
final class AdminClient implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final int LEAST_ERROR = 400;
    private static final int POLL_MS = 100;

    private final Target target;
    private final HttpClient http;

    AdminClient(Target target) {
        this.target = target;
        HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(TIMEOUT);
        SSLContext tls = target.security().tls();
        this.http = (tls == null ? builder : builder.sslContext(tls)).build();
    }

    /**
     * Reads a page.
     *
     * @throws MillraceException when nobody answers, or with an error.
     */
    JsonNode get(String path) {
        return send(request(path).GET().build());
    }

    /**
     * Asks for something to be done.
     *
     * @param body written as JSON.
     * @throws MillraceException when nobody answers, or with an error.
     */
    JsonNode post(String path, Object body) {
        try {
            String text = Json.mapper().writeValueAsString(body);
            return send(
                    request(path)
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString(text))
                            .build());
        } catch (JsonProcessingException e) {
            throw new MillraceException(ErrorCode.INTERNAL, "cannot write a request", e);
        }
    }

    /**
     * Asks again and again until what was begun has come to an end.
     *
     * @param path tells how it goes.
     * @param begun what was told first.
     * @param stage shows the steps.
     * @param failure says what it means that it failed.
     * @return what was told last.
     * @throws MillraceException UNAVAILABLE where it failed.
     */
    JsonNode await(String path, JsonNode begun, ProgressListener.Stage stage, String failure) {
        JsonNode status = begun;
        while (!status.path("step").asText().matches("NONE|WRITTEN|FAILED")) {
            stage.note(status.path("step").asText().toLowerCase(Locale.ROOT));
            pause();
            status = get(path);
        }
        if (status.path("step").asText().equals("FAILED")) {
            throw MillraceException.of(
                    ErrorCode.UNAVAILABLE, "%s: %s", failure, status.path("error").asText());
        }
        return status;
    }

    private static void pause() {
        try {
            Thread.sleep(POLL_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MillraceException(
                    ErrorCode.UNAVAILABLE, "interrupted; the server goes on with it", e);
        }
    }

    private HttpRequest.Builder request(String path) {
        String host = target.host().contains(":") ? "[" + target.host() + "]" : target.host();
        String scheme = target.security().tls() == null ? "http" : "https";
        URI uri = URI.create(scheme + "://" + host + ":" + target.port() + path);
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(TIMEOUT);
        String token = token();
        return token == null ? request : request.header("Authorization", "Bearer " + token);
    }

    private @Nullable String token() {
        try {
            return target.security().tokenFor(InetAddress.getByName(target.host()));
        } catch (UnknownHostException e) {
            throw new MillraceException(
                    ErrorCode.UNAVAILABLE, "no such host: --admin=" + target + "; correct it", e);
        }
    }

    private JsonNode send(HttpRequest request) {
        try {
            HttpResponse<String> response =
                    http.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() >= LEAST_ERROR) {
                throw MillraceException.of(
                        ErrorCode.UNAVAILABLE,
                        "the server refuses: status=%d, %s",
                        response.statusCode(),
                        response.body().strip());
            }
            return Json.mapper().readTree(response.body());
        } catch (IOException e) {
            throw new MillraceException(
                    ErrorCode.UNAVAILABLE,
                    "no admin pages of a server: --admin="
                            + target
                            + (e instanceof SSLException ? ", reason=" + e.getMessage() : "")
                            + "; start one, or correct it",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MillraceException(ErrorCode.UNAVAILABLE, "interrupted while waiting", e);
        }
    }

    @Override
    public void close() {
        http.close();
    }
}
