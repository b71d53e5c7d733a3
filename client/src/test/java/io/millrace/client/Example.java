package io.millrace.client;

import io.millrace.client.message.Answer;
import io.millrace.client.message.FeedbackEvent;
import io.millrace.client.message.SimilarQuery;
import io.millrace.core.wire.codec.EventCode;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The first example of docs/client.md; a test compares the two. */
final class Example {
    private Example() {}

    static Answer ask(String host, int port) {
        try (MillraceClient client =
                MillraceClient.builder()
                        .address(host, port)
                        .deadline(Duration.ofMillis(500))
                        .build()) {
            Answer ten = client.recommend(12345, 10);
            if (!ten.isOk()) {
                throw new IllegalStateException(ten.status() + ": " + ten.message());
            }
            long best = ten.itemIds()[0];
            CompletableFuture<Answer> alike = client.async().similar(SimilarQuery.of(best, 5));
            List<FeedbackEvent> events =
                    List.of(new FeedbackEvent(EventCode.CLICK, best, Float.NaN));
            client.within(Duration.ofSeconds(2)).feedback(12345, 0, events);
            return alike.join();
        }
    }

    /** Asks the server at a host and a port, which are the arguments. */
    static void main(String[] arguments) {
        Answer alike = ask(arguments[0], Integer.parseInt(arguments[1]));
        System.out.println("alike: " + alike.itemIds().length);
    }
}
