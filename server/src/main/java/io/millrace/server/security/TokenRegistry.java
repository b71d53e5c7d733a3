package io.millrace.server.security;

import io.millrace.server.security.tokens.TokenEntry;
import io.millrace.server.security.tokens.TokenFile;
import io.millrace.server.security.tokens.TokenHash;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The tokens that are known.
 *
 * <p>Threading: any thread asks; reloads take turns.
 */
final class TokenRegistry implements Reloadable {
    private final Path file;
    private volatile List<Caller> callers = List.of();

    /** Reads the file for the first time. */
    TokenRegistry(Path file) {
        this.file = file;
        reload();
    }

    @Override
    public String label() {
        return "tokens";
    }

    @Override
    public List<Path> files() {
        return List.of(file);
    }

    /** A token that stays is the same caller as before, on the connections it has; others end. */
    @Override
    public synchronized void reload() {
        List<TokenEntry> entries = TokenFile.read(file);
        List<Caller> before = callers;
        List<Caller> after = new ArrayList<>();
        for (TokenEntry entry : entries) {
            byte[] hash = TokenHash.parse(entry.sha256());
            Caller known = find(hash, before);
            Caller caller =
                    known != null && known.name().equals(entry.name())
                            ? known
                            : new Caller(entry.name(), hash);
            Double perSecond = entry.requestsPerSecond();
            int burst = perSecond == null ? 0 : entry.burstOf(perSecond);
            caller.grant(entry.roleBits(), perSecond, burst);
            after.add(caller);
        }
        callers = List.copyOf(after);
        for (Caller caller : before) {
            if (!after.contains(caller)) {
                caller.revoke();
            }
        }
    }

    int size() {
        return callers.size();
    }

    /** Who has the token of a hash, or null. */
    @Nullable Caller find(byte[] hash) {
        return find(hash, callers);
    }

    /** Compares with all of them, so that the time does not tell which one it was near to. */
    private static @Nullable Caller find(byte[] hash, List<Caller> callers) {
        Caller found = null;
        for (Caller caller : callers) {
            if (TokenHash.isEqual(hash, caller.hash())) {
                found = caller;
            }
        }
        return found;
    }
}
