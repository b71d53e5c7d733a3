package io.millrace.server.security;

import io.millrace.core.error.MillraceException;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.metrics.Gauge;
import io.millrace.server.security.tokens.Role;
import io.millrace.server.security.tokens.TokenHash;
import io.netty.channel.ChannelPipeline;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Guards both ports of a server.
 *
 * <p>Threading: any thread. Ownership: close it; it ends its thread.
 */
public final class ServerSecurity implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ServerSecurity.class);
    private static final int WARNED_DAYS = 14;
    private static final double HOURS_PER_DAY = 24;
    private static final long WARNING_NS = TimeUnit.DAYS.toNanos(1);
    private static final double NO_CERTIFICATE = -1;

    private final @Nullable ServerTls tls;
    private final @Nullable TokenRegistry tokens;
    private final int mostMistakes;
    private final int tokenWaitMs;
    private final SecurityCounters refusals = new SecurityCounters();
    private final FileWatch watch;

    /** Of the gateway, which has asked its own peers already: known in this process only. */
    private final byte[] innerToken = TokenHash.newToken().getBytes(StandardCharsets.US_ASCII);

    private final Caller inner = new Caller("gateway", TokenHash.of(innerToken));

    private boolean isWarned;
    private long warnedNs;

    private ServerSecurity(ServerConfig config) {
        config.tls().validateWhole();
        mostMistakes = config.tokens().mistakes();
        tokenWaitMs = config.tokens().waitMs();
        inner.grant(Role.READ.bit() | Role.WRITE.bit() | Role.ADMIN.bit(), null, 0);
        List<Reloadable> parts = new ArrayList<>();
        tls = config.tls().isOn() ? new ServerTls(config.tls()) : null;
        if (tls != null) {
            parts.add(tls);
        }
        String file = config.tokens().file();
        tokens = file == null ? null : new TokenRegistry(Path.of(file));
        if (tokens != null) {
            parts.add(tokens);
        }
        warnOfExpiry();
        watch = new FileWatch(parts, config.tls().reloadMs(), this::warnOfExpiry);
    }

    /**
     * Reads certificates and tokens.
     *
     * @param config names them
     * @return what guards the ports
     * @throws MillraceException when a file can't be used
     */
    public static ServerSecurity open(ServerConfig config) {
        return new ServerSecurity(config);
    }

    /**
     * Whether connections are encrypted.
     *
     * @return false where they are plain
     */
    public boolean isEncrypted() {
        return tls != null;
    }

    /**
     * Has a connection speak TLS; its other handlers are to be added behind.
     *
     * @param pipeline of the connection
     * @param plainAnswer what a peer is told that does not speak TLS
     */
    public void encrypt(ChannelPipeline pipeline, byte[] plainAnswer) {
        if (tls != null) {
            pipeline.addLast(new TlsPort(plainAnswer, refusals))
                    .addLast(tls.newHandler(pipeline.channel().alloc()))
                    .addLast(new HandshakeWatch(refusals));
        }
    }

    /**
     * A gate for a connection from outside.
     *
     * @return open where no tokens are wanted
     */
    public Gate newGate() {
        return new Gate(this, tokens == null);
    }

    /**
     * A gate for a connection that only the gateway of this process may open.
     *
     * @return waits for {@link #innerToken}
     */
    public Gate newInnerGate() {
        return new Gate(this, false);
    }

    /**
     * What the gateway shows at the port for frames.
     *
     * @return a copy of the token; null where none is wanted there
     */
    public byte @Nullable [] innerToken() {
        return tls == null && tokens == null ? null : innerToken.clone();
    }

    /** Who has a token, or null. */
    @Nullable Caller find(byte[] token) {
        byte[] hash = TokenHash.of(token);
        boolean isInner = TokenHash.isEqual(hash, inner.hash());
        Caller found = tokens == null ? null : tokens.find(hash);
        return isInner ? inner : found;
    }

    int mostMistakes() {
        return mostMistakes;
    }

    /**
     * How long a connection may take to bring its token.
     *
     * @return milliseconds
     */
    public int tokenWaitMs() {
        return tokenWaitMs;
    }

    /**
     * What was refused.
     *
     * @return to count
     */
    public SecurityCounters refusals() {
        return refusals;
    }

    /**
     * Reads all files again.
     *
     * @return what is in use now
     * @throws MillraceException when a file can't be used; what was read before goes on
     */
    public SecurityStatus reload() {
        List<String> errors = watch.look(true);
        if (!errors.isEmpty()) {
            throw MillraceException.badInput("%s", String.join("; ", errors));
        }
        return new SecurityStatus(
                tls == null ? null : tls.identity().expiry().toString(),
                tokens == null ? null : tokens.size());
    }

    private double daysLeft() {
        return tls == null ? NO_CERTIFICATE : tls.identity().timeLeft().toHours() / HOURS_PER_DAY;
    }

    private void warnOfExpiry() {
        if (tls == null) {
            return;
        }
        Duration left = tls.identity().timeLeft();
        boolean isNear = left.toDays() < WARNED_DAYS;
        if (isNear && (!isWarned || System.nanoTime() - warnedNs > WARNING_NS)) {
            isWarned = true;
            warnedNs = System.nanoTime();
            Instant expiry = tls.identity().expiry();
            LOG.warn(
                    "certificate ends soon: notAfter={}, days={}; renew it", expiry, left.toDays());
        }
        isWarned &= isNear;
    }

    /**
     * What is measured.
     *
     * @return now
     */
    public List<Gauge> gauges() {
        List<Gauge> gauges = new ArrayList<>(refusals.gauges());
        gauges.add(
                Gauge.of(
                        "certificate_days_left",
                        "Days until the server's certificate ends; -1 without TLS.",
                        daysLeft()));
        gauges.add(
                Gauge.of(
                        "tokens",
                        "Tokens that are known; 0 where none is wanted.",
                        tokens == null ? 0 : tokens.size()));
        gauges.add(
                Gauge.of(
                        "security_reloads_total",
                        "Times that certificates or tokens were read again.",
                        (double) watch.reloads()));
        gauges.add(
                Gauge.of(
                        "security_reload_failures_total",
                        "Times that changed certificates or tokens could not be used.",
                        (double) watch.failures()));
        gauges.add(
                Gauge.of(
                        "security_files_broken",
                        "1 while files of certificates or tokens can't be used and older ones are.",
                        watch.isBroken() ? 1 : 0));
        return gauges;
    }

    @Override
    public void close() {
        watch.close();
    }
}
