package io.farmhand.cache;

import io.farmhand.cache.EntryFile.DamagedException;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.NoSuchElementException;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * A reference to a result on disk, small enough to be sent around; made by {@link CachedFunction#callAndShelve}. It names a
 * directory of the host, and is of use where that is. A result that could not be kept is in the reference itself.
 *
 * <p>What comes back from workers of a cluster, which may be on other hosts, is refused by default as all handles are.
 *
 * @param <R> what the result is
 */
public final class Shelved<R extends @Nullable Object> implements Serializable {
    private static final long serialVersionUID = 1;

    private final String call;
    private final @Nullable String directory;
    private final @Nullable Kept kept;

    /** A result that is not on disk. */
    private record Kept(@Nullable Object value) implements Serializable {}

    private Shelved(String call, @Nullable String directory, @Nullable Kept kept) {
        this.call = call;
        this.directory = directory;
        this.kept = kept;
    }

    /** @param call the function and its arguments, in short */
    static <R extends @Nullable Object> Shelved<R> at(Path directory, String call) {
        return new Shelved<>(call, directory.toString(), null);
    }

    /** One that holds its result itself. */
    static <R extends @Nullable Object> Shelved<R> of(@Nullable Object value, String call) {
        return new Shelved<>(call, null, new Kept(value));
    }

    /**
     * Reads the result; each call gives an object of its own.
     *
     * @throws NoSuchElementException when it was cleared, or dropped by {@link Memory#reduceSize}
     * @throws UncheckedIOException when it is damaged or cannot be read
     */
    @SuppressWarnings({"unchecked", "NullAway"}) // what the function gave, null or not, is an R
    public R get() {
        if (kept != null) {
            return (R) kept.value();
        }
        Place place = place();
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        try (EntryFile file = EntryFile.open(place.output())) {
            if (file == null) {
                throw new NoSuchElementException("the result of " + call + " is not in " + directory
                        + " any more: it was cleared, or dropped by reduceSize. Call the function again.");
            }
            R value = (R) file.value(context == null ? ClassLoader.getSystemClassLoader() : context);
            place.touch();
            return value;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted while the result of " + call + " was read");
        } catch (IOException e) {
            throw new UncheckedIOException(damaged(e), e);
        } catch (DamagedException e) {
            throw new UncheckedIOException(damaged(e), new IOException(e));
        }
    }

    private String damaged(Exception cause) {
        return "the result of " + call + " in " + directory + " cannot be read: " + cause.getMessage()
                + ". Call the function again, which computes it anew.";
    }

    private Place place() {
        if (directory == null) {
            throw new AssertionError("it is not on disk");
        }
        return Place.of(Path.of(directory));
    }

    /**
     * Drops the result from disk, if it is there.
     *
     * @throws UncheckedIOException when it cannot be deleted
     */
    public void clear() {
        if (directory == null) {
            return;
        }
        try {
            Folders.remove(Path.of(directory));
        } catch (IOException e) {
            throw new UncheckedIOException("the result of " + call + " in " + directory + " cannot be cleared: "
                    + e.getMessage(), e);
        }
    }

    @Override
    public String toString() {
        return "Shelved[" + call + "]";
    }
}
