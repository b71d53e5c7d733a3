package io.millrace.server.gateway;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;

import io.millrace.core.json.Json;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** A client of HTTP that says what it is told to, byte by byte, and reads one answer at a time. */
final class HttpPeer implements AutoCloseable {
    private static final int TIMEOUT_MS = 20_000;

    private final Socket socket = new Socket();
    private final InputStream in;
    private final OutputStream out;

    HttpPeer(int port) throws IOException {
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(TIMEOUT_MS);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MS);
        in = new BufferedInputStream(socket.getInputStream());
        out = socket.getOutputStream();
    }

    /** A whole request with a body in JSON. */
    static String post(String path, String body) {
        return post(path, "content-type: application/json", body);
    }

    static String post(String path, String headers, String body) {
        return "POST "
                + path
                + " HTTP/1.1\r\nhost: localhost\r\n"
                + (headers.isEmpty() ? "" : headers + "\r\n")
                + "content-length: "
                + body.getBytes(UTF_8).length
                + "\r\n\r\n"
                + body;
    }

    static String get(String path) {
        return "GET " + path + " HTTP/1.1\r\nhost: localhost\r\n\r\n";
    }

    void send(String text) throws IOException {
        send(text.getBytes(UTF_8));
    }

    void send(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    Response ask(String request) throws IOException {
        send(request);
        return read();
    }

    Response askPost(String path, String body) throws IOException {
        return ask(post(path, body));
    }

    Response askGet(String path) throws IOException {
        return ask(get(path));
    }

    /** Says that nothing more will be sent. */
    void shutOutput() throws IOException {
        socket.shutdownOutput();
    }

    Response read() throws IOException {
        String[] first = line().split(" ", 3);
        Map<String, String> headers = new HashMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
        byte[] body = in.readNBytes(length);
        if (body.length < length) {
            throw new EOFException("body cut short");
        }
        return new Response(Integer.parseInt(first[1]), headers, new String(body, UTF_8));
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("closed by the server");
            }
            line.write(b);
        }
        return line.toString(ISO_8859_1).stripTrailing();
    }

    /** Waits until nothing more has come in for so long, and reads none of it. */
    void awaitSilence(long ms) throws IOException {
        int last = -1;
        for (int now = in.available(); now != last; now = in.available()) {
            last = now;
            try {
                Thread.sleep(ms);
            } catch (InterruptedException e) {
                throw new InterruptedIOException(e.getMessage());
            }
        }
    }

    /** Reads whatever comes until the server closes its side, and tells how many bytes it was. */
    long readToEnd() {
        long bytes = 0;
        try {
            while (in.read() >= 0) {
                bytes++;
            }
        } catch (IOException e) {
            // A connection that is reset has ended, too.
            return bytes;
        }
        return bytes;
    }

    /** Whether the server has closed its side and nothing is left to be read. */
    boolean isEnded() throws IOException {
        return in.read() < 0;
    }

    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    /** An answer as read. */
    record Response(int status, Map<String, String> headers, String body) {
        JsonNode json() throws JsonProcessingException {
            return Json.mapper().readTree(body);
        }

        /** What an error says. */
        String message() throws JsonProcessingException {
            return json().get("message").asText();
        }
    }
}
