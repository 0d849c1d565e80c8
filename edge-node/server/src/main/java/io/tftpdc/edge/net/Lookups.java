package io.tftpdc.edge.net;

import io.tftpdc.edge.content.FileSource;
import io.tftpdc.edge.content.Lookup;
import io.tftpdc.edge.content.OpenFile;
import io.tftpdc.edge.content.TransferReport.Outcome;
import io.tftpdc.edge.policy.Admission;
import io.tftpdc.edge.policy.Refused;
import io.tftpdc.edge.policy.Ticket;
import io.tftpdc.tftp.packet.ErrorCode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks files up for the read requests of one event loop's clients. What the index knows is known at once, so that the
 * lists of names that boot loaders probe are answered in passing; for anything else the request waits here, with its
 * ticket, for a while.
 */
final class Lookups {

    private static final Logger LOG = LoggerFactory.getLogger(Lookups.class);

    /** Takes over the file and the ticket. */
    interface Starter {
        void start(Request request, Admission admission, Ticket ticket, OpenFile file);
    }

    private final SessionLoop loop;
    private final FileSource files;
    private final Answers answers;
    private final Starter starter;
    private final Map<Request.Key, Waiting> waiting = new HashMap<>();

    Lookups(SessionLoop loop, FileSource files, Answers answers, Starter starter) {
        this.loop = loop;
        this.files = files;
        this.answers = answers;
        this.starter = starter;
    }

    /** Whether the answer to this request is on the way. */
    boolean isWaiting(Request.Key key) {
        return waiting.containsKey(key);
    }

    /** Takes over the ticket. */
    void begin(Request request, Admission admission, Ticket ticket) {
        CompletionStage<Lookup> answer;
        try {
            answer = files.open(request.client(), admission.query());
        } catch (RuntimeException failure) {
            answer = CompletableFuture.failedFuture(failure);
        }
        if (answer instanceof CompletableFuture<Lookup> known && known.isDone()) {
            known.whenComplete((lookup, failure) -> answered(request, admission, ticket, lookup, failure));
        } else {
            new Waiting(request, admission, ticket).begin(answer);
        }
    }

    private void answered(
            Request request, Admission admission, Ticket ticket, @Nullable Lookup lookup, @Nullable Throwable failure) {
        if (lookup instanceof Lookup.Found found) {
            start(request, admission, ticket, found.file());
            return;
        }
        ticket.close();
        if (lookup == null) {
            LOG.atWarn()
                    .setMessage("looking a file up failed")
                    .addKeyValue("filePath", admission.path())
                    .addKeyValue("peer", request.client())
                    .setCause(failure)
                    .log();
            no(request, admission, Outcome.FAILED, "the server failed to look the file up");
            return;
        }
        switch (lookup) {
            case Lookup.Found found -> throw new AssertionError("handled above");
            case Lookup.NotFound no -> notFound(request, admission, no);
            case Lookup.Refused no ->
                answers.refuse(
                        request, ErrorCode.ACCESS_VIOLATION, no.tenant(), no.path(), Outcome.REFUSED, no.reason());
            case Lookup.Unavailable no ->
                answers.refuse(
                        request, ErrorCode.NOT_DEFINED, no.tenant(), no.path(), Outcome.UNAVAILABLE, no.reason());
        }
    }

    /** Whatever goes wrong before there is a transfer releases what it would have held; nobody else would. */
    private void start(Request request, Admission admission, Ticket ticket, OpenFile file) {
        try {
            starter.start(request, admission, ticket, file);
        } catch (RuntimeException | OutOfMemoryError failure) {
            file.close();
            ticket.close();
            LOG.atError()
                    .setMessage("a read could not be started")
                    .addKeyValue("filePath", admission.path())
                    .addKeyValue("peer", request.client())
                    .setCause(failure)
                    .log();
            no(request, admission, Outcome.FAILED, "the server failed");
        }
    }

    private void notFound(Request request, Admission admission, Lookup.NotFound no) {
        Optional<Refused> otherwise = admission.otherwise();
        if (otherwise.isPresent()) {
            Refused refused = otherwise.get();
            answers.refuse(request, refused.code(), no.tenant(), no.path(), Outcome.REFUSED, refused.message());
        } else {
            answers.refuse(
                    request, ErrorCode.FILE_NOT_FOUND, no.tenant(), no.path(), Outcome.NOT_FOUND, "file not found");
        }
    }

    private void no(Request request, Admission admission, Outcome outcome, String message) {
        answers.refuse(
                request,
                ErrorCode.NOT_DEFINED,
                admission.tenant().value(),
                admission.path().value(),
                outcome,
                message);
    }

    /** Tells everybody who waits. */
    void stop(String reason) {
        List.copyOf(waiting.values()).forEach(one -> one.giveUp(Outcome.CANCELLED, reason));
    }

    /** A request whose file is being looked for. */
    private final class Waiting {

        private final Request request;
        private final Admission admission;
        private final Ticket ticket;
        private final TimerWheel.Timer patience = loop.timers().newTimer(this::tookTooLong);
        private boolean over;

        Waiting(Request request, Admission admission, Ticket ticket) {
            this.request = request;
            this.admission = admission;
            this.ticket = ticket;
        }

        void begin(CompletionStage<Lookup> answer) {
            waiting.put(request.key(), this);
            loop.timers().arm(patience, loop.contentWait());
            ticket.onGivenUp(this::end);
            answer.whenComplete(this::answeredSomewhere);
        }

        private void answeredSomewhere(@Nullable Lookup lookup, @Nullable Throwable failure) {
            if (loop.eventLoop().inEventLoop()) {
                answeredHere(lookup, failure);
                return;
            }
            try {
                loop.eventLoop().execute(() -> answeredHere(lookup, failure));
            } catch (RejectedExecutionException stoppedMeanwhile) {
                closeFile(lookup);
            }
        }

        private void answeredHere(@Nullable Lookup lookup, @Nullable Throwable failure) {
            if (over) {
                closeFile(lookup);
            } else {
                end();
                answered(request, admission, ticket, lookup, failure);
            }
        }

        private void tookTooLong() {
            giveUp(
                    Outcome.UNAVAILABLE,
                    "the file was not found within " + loop.contentWait().toSeconds() + " seconds; try again later");
        }

        private void giveUp(Outcome outcome, String reason) {
            end();
            ticket.close();
            no(request, admission, outcome, reason);
        }

        private void end() {
            over = true;
            waiting.remove(request.key());
            loop.timers().disarm(patience);
        }

        private static void closeFile(@Nullable Lookup lookup) {
            if (lookup instanceof Lookup.Found found) {
                found.file().close();
            }
        }
    }
}
