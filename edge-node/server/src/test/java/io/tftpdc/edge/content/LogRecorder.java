package io.tftpdc.edge.content;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.LoggerFactory;

/** What a class logs until this is closed. */
final class LogRecorder extends AppenderBase<ILoggingEvent> implements AutoCloseable {
    private final Logger logger;
    private final Queue<String> warnings = new ConcurrentLinkedQueue<>();

    private LogRecorder(Logger logger) {
        this.logger = logger;
    }

    static LogRecorder of(Class<?> logging) {
        LogRecorder recorder = new LogRecorder((Logger) LoggerFactory.getLogger(logging));
        recorder.start();
        recorder.logger.addAppender(recorder);
        return recorder;
    }

    @Override
    protected void append(ILoggingEvent event) {
        if (event.getLevel().isGreaterOrEqual(Level.WARN)) {
            warnings.add(event.getFormattedMessage() + " " + event.getKeyValuePairs());
        }
    }

    /** Messages of warnings and errors, with their keys and values. */
    List<String> warnings() {
        return List.copyOf(warnings);
    }

    @Override
    public void close() {
        logger.detachAppender(this);
        stop();
    }
}
