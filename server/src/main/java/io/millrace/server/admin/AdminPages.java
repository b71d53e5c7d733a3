package io.millrace.server.admin;

import com.fasterxml.jackson.core.JsonProcessingException;

import io.millrace.core.error.ErrorCode;
import io.millrace.core.error.MillraceException;
import io.millrace.core.json.Json;
import io.millrace.ranker.feedback.EventRates;
import io.millrace.server.http.HttpAnswer;
import io.millrace.server.http.HttpCall;
import io.millrace.server.http.Route;
import io.millrace.server.security.tokens.Permission;

import java.util.List;

/** The pages {@code /healthz /readyz /metrics /stats /config /rates}. */
final class AdminPages {
    private final AdminSource source;
    private final LaterAnswers later;

    AdminPages(AdminSource source, LaterAnswers later) {
        this.source = source;
        this.later = later;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/healthz", Permission.OPEN, call -> HttpAnswer.text(200, "ok\n")),
                Route.get("/readyz", Permission.OPEN, call -> readiness()),
                later.page("/metrics", Permission.READ, call -> metrics()),
                later.page("/stats", Permission.READ, this::stats),
                later.page("/config", Permission.ADMIN, call -> json(source.config())),
                later.page("/rates", Permission.READ, this::rates));
    }

    private HttpAnswer readiness() {
        Readiness readiness = source.readiness();
        return HttpAnswer.text(readiness == Readiness.READY ? 200 : 503, readiness.label() + "\n");
    }

    private HttpAnswer metrics() {
        return HttpAnswer.text(200, PrometheusText.CONTENT_TYPE, PrometheusText.of(source));
    }

    private HttpAnswer stats(HttpCall call) {
        boolean hasHistograms = call.query().getOrDefault("histograms", List.of()).contains("1");
        return json(StatisticsJson.of(source, hasHistograms));
    }

    private HttpAnswer rates(HttpCall call) {
        long itemId;
        try {
            itemId = Long.parseLong(String.join(",", call.query().getOrDefault("item", List.of())));
        } catch (NumberFormatException e) {
            return HttpAnswer.error(400, "BAD_REQUEST", "name one item: /rates?item=777");
        }
        List<EventRates> rates = source.rates(itemId);
        return rates.isEmpty()
                ? HttpAnswer.error(404, "UNKNOWN_ITEM", "no such item: item=" + itemId)
                : json(rates);
    }

    static HttpAnswer json(Object value) {
        try {
            return HttpAnswer.json(Json.mapper().writeValueAsString(value));
        } catch (JsonProcessingException e) {
            throw new MillraceException(
                    ErrorCode.INTERNAL, "cannot express as json: " + e.getOriginalMessage(), e);
        }
    }
}
