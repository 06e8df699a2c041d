package io.farmhand.cli;

import io.farmhand.internal.observe.Screen;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/** Writes whole lines above the bars of a screen. */
final class AboveBars extends FilterOutputStream {
    private final Screen screen;

    AboveBars(Screen screen, OutputStream output) {
        super(output);
        this.screen = screen;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        try {
            screen.above(() -> {
                try {
                    out.write(bytes, offset, length);
                    out.flush();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
