package io.millrace.server.admin;

import io.millrace.server.http.HttpAnswer;
import io.millrace.server.http.HttpCall;

import org.jspecify.annotations.Nullable;

/** Keeps pages that a browser shows from operating the server behind its visitor's back. */
final class BrowserCheck {
    private BrowserCheck() {}

    /**
     * Why a request that changes something is refused; null where it is not.
     *
     * @param isLocal whether only this machine is listened to
     */
    static @Nullable HttpAnswer refusal(HttpCall call, boolean isLocal) {
        if (isLocal && !call.isForLocalHost()) {
            return HttpAnswer.error(
                    403, "FORBIDDEN", "not a name of this machine: host=" + call.host());
        }
        if (!call.isJson()) {
            return HttpAnswer.error(
                    415,
                    "UNSUPPORTED_MEDIA_TYPE",
                    "not json: send the header content-type: application/json");
        }
        return null;
    }
}
