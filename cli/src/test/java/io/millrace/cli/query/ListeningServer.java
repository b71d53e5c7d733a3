package io.millrace.cli.query;

import io.millrace.cli.CommandRun;
import io.millrace.server.MillraceServer;
import io.millrace.server.change.Changes;
import io.millrace.server.config.ServerConfig;
import io.millrace.server.funnel.Catalogue;
import io.millrace.server.funnel.Funnel;
import io.millrace.server.funnel.FunnelWorker;
import io.millrace.server.request.Answer;
import io.millrace.server.request.Request;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.BiFunction;

/** A server that repeats what it is asked, as a test puts it into words. */
final class ListeningServer implements AutoCloseable {
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private final MillraceServer server;

    ListeningServer(Catalogue catalogue, BiFunction<Request, Answer, String> listener) {
        Funnel funnel =
                new Funnel() {
                    @Override
                    public Catalogue catalogue() {
                        return catalogue;
                    }

                    @Override
                    public Changes changes() {
                        return change -> {
                            change.finish();
                            return true;
                        };
                    }

                    @Override
                    public FunnelWorker newWorker() {
                        return (request, answer, clock) ->
                                heard.add(listener.apply(request, answer));
                    }
                };
        server =
                MillraceServer.start(
                        ServerConfig.defaults()
                                .with("network.port", 0)
                                .with("network.adminPort", -1)
                                .with("threads.workers", 1),
                        funnel);
    }

    /** What has arrived, each once and in order. */
    BlockingQueue<String> heard() {
        return heard;
    }

    CommandRun query(String arguments) {
        String line = "query --target 127.0.0.1:" + server.port() + " " + arguments;
        return CommandRun.of(line.split(" ", -1));
    }

    @Override
    public void close() {
        server.close();
    }
}
