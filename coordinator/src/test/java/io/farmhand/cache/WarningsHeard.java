package io.farmhand.cache;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What the cache warns of, while it is open. */
final class WarningsHeard extends Handler implements AutoCloseable {
    private final Logger logger = Logger.getLogger(Memory.class.getName());
    private final List<String> messages = new CopyOnWriteArrayList<>();

    WarningsHeard() {
        logger.addHandler(this);
        logger.setUseParentHandlers(false);
    }

    List<String> all() {
        return messages;
    }

    @Override
    public void publish(LogRecord record) {
        if (record.getLevel().intValue() >= Level.WARNING.intValue()) {
            messages.add(record.getMessage());
        }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {
        logger.removeHandler(this);
        logger.setUseParentHandlers(true);
    }
}
