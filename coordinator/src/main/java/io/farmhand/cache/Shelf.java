package io.farmhand.cache;

import io.farmhand.cache.EntryFile.DamagedException;
import io.farmhand.internal.serial.Destination;
import io.farmhand.internal.serial.PayloadBuffer;
import io.farmhand.internal.serial.Preview;
import io.farmhand.internal.serial.UnwritableValueException;
import io.farmhand.internal.serial.ValueTooLargeException;
import io.farmhand.internal.serial.ValueWriter;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Where the results of one function are kept: it looks them up, has them computed, and keeps them. Immutable; what changes
 * is on disk, and {@link KeyLocks} guards it.
 *
 * <p><b>Concurrency.</b> A result is read without a lock: its file is there whole, or not at all, since it is written beside
 * and renamed. Who finds none takes the lock of its key, and looks again: the one who had the lock has most often made it.
 *
 * @param settings what is to be done with results
 * @param id of the function
 * @param mapped whether results are arrays that are mapped
 */
record Shelf<R extends @Nullable Object>(Settings settings, FunctionId id, boolean mapped) implements Serializable {
    private static final long MAX_BYTES = Integer.MAX_VALUE;
    /** Another one changes all hashes, and so all results are computed again. */
    private static final int VERSION = 1;

    /** A result that was found. */
    private record Found(@Nullable Object value) {}

    /** A result that was computed, and whether it is kept. */
    private record Computed(@Nullable Object value, boolean kept) {}

    /** The loader of a function's classes, which are those of its results, too. */
    static ClassLoader loaderOf(Serializable function) {
        ClassLoader loader = function.getClass().getClassLoader();
        return loader == null ? ClassLoader.getSystemClassLoader() : loader;
    }

    // ---- what is asked for ----

    /** The result for some arguments, kept or computed. */
    R result(List<@Nullable Object> arguments, Callable<?> computation, ClassLoader loader) throws Exception {
        Place place = place(arguments);
        Found found = find(place, loader, null);
        if (found != null) {
            return result(found.value());
        }
        try (KeyLocks.Held _ = KeyLocks.lock(settings.root(), place.hash())) {
            found = find(place, loader, arguments);
            return result(found != null ? found.value() : compute(place, arguments, computation, loader).value());
        }
    }

    /** The result for some arguments, computed in any case. */
    R computed(List<@Nullable Object> arguments, Callable<?> computation, ClassLoader loader) throws Exception {
        Place place = place(arguments);
        try (KeyLocks.Held _ = KeyLocks.lock(settings.root(), place.hash())) {
            return result(compute(place, arguments, computation, loader).value());
        }
    }

    /** A reference to the result for some arguments, which is computed if need be, and else only looked at. */
    Shelved<R> shelved(List<@Nullable Object> arguments, Callable<?> computation, ClassLoader loader)
            throws Exception {
        Place place = place(arguments);
        if (isThere(place, null)) {
            place.touch();
            return Shelved.at(place.directory(), describe(arguments));
        }
        try (KeyLocks.Held _ = KeyLocks.lock(settings.root(), place.hash())) {
            if (isThere(place, arguments)) {
                place.touch();
                return Shelved.at(place.directory(), describe(arguments));
            }
            Computed computed = compute(place, arguments, computation, loader);
            return computed.kept()
                    ? Shelved.at(place.directory(), describe(arguments))
                    : Shelved.of(computed.value(), describe(arguments));
        }
    }

    /** Whether there is a result for some arguments that would be given. */
    boolean contains(List<@Nullable Object> arguments) throws Exception {
        return isThere(place(arguments), null);
    }

    /** Drops all results of the function's class and method. */
    void clear() {
        Path directory = id.directory(settings.root());
        try {
            Cleanup.clear(directory);
            Folders.removeIfEmpty(directory);
        } catch (IOException e) {
            throw new UncheckedIOException("the results of " + id.name() + " in " + directory
                    + " cannot be cleared: " + e.getMessage(), e);
        }
    }

    @SuppressWarnings({"unchecked", "NullAway"}) // what the function gave, null or not, is an R
    private R result(@Nullable Object value) {
        return (R) value;
    }

    private Place place(List<@Nullable Object> arguments) {
        Sha sha = new Sha();
        sha.putInt(VERSION);
        sha.putString(id.hash());
        sha.putByte((byte) (mapped ? 1 : 0));
        try {
            new ValueHasher().addArguments(sha, arguments, settings.ignored());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "An argument of " + id.name() + ", whose results are cached, is refused. "
                            + e.getMessage(),
                    e);
        }
        String hash = sha.hex();
        return new Place(hash, id.directory(settings.root()).resolve(hash));
    }

    private String describe(List<@Nullable Object> arguments) {
        return id.name() + "(" + preview(arguments) + ")";
    }

    private static String preview(List<@Nullable Object> arguments) {
        return arguments.stream().map(Preview::of).collect(Collectors.joining(", "));
    }

    // ---- looking ----

    /** @param told what to call the result in a warning, when it cannot be used; null for no warning */
    private @Nullable Found find(Place place, ClassLoader loader, @Nullable List<@Nullable Object> told)
            throws Exception {
        try (EntryFile file = open(place, told)) {
            if (file == null || !settings.accepts(file.about())) {
                return null;
            }
            Found found = value(file, loader, place, told);
            if (found != null) {
                place.touch();
            }
            return found;
        }
    }

    private @Nullable Found value(EntryFile file, ClassLoader loader, Place place,
            @Nullable List<@Nullable Object> told) throws InterruptedException {
        try {
            return new Found(file.value(loader));
        } catch (DamagedException | IOException e) {
            unusable(place, told, e);
            return null;
        }
    }

    private boolean isThere(Place place, @Nullable List<@Nullable Object> told) throws Exception {
        try (EntryFile file = open(place, told)) {
            return file != null && settings.accepts(file.about()) && isWhole(file, place, told);
        }
    }

    private boolean isWhole(EntryFile file, Place place, @Nullable List<@Nullable Object> told) {
        try {
            file.check();
            return true;
        } catch (DamagedException | IOException e) {
            unusable(place, told, e);
            return false;
        }
    }

    private @Nullable EntryFile open(Place place, @Nullable List<@Nullable Object> told) {
        try {
            return EntryFile.open(place.output());
        } catch (DamagedException | IOException e) {
            unusable(place, told, e);
            return null;
        }
    }

    private void unusable(Place place, @Nullable List<@Nullable Object> told, Exception cause) {
        if (told != null) {
            Warnings.warn("The result of " + describe(told) + " that is kept in " + place.directory()
                    + " cannot be used, and is computed again: " + cause.getMessage(), cause);
        }
    }

    // ---- computing ----

    /** With the lock of the place. */
    private Computed compute(Place place, List<@Nullable Object> arguments, Callable<?> computation,
            ClassLoader loader) throws Exception {
        long start = System.nanoTime();
        @Nullable
        Object value = computation.call();
        long took = System.nanoTime() - start;
        MemorySegment array = mapped ? MappedArrays.segment(id.name(), value) : null;
        Computed given = new Computed(array == null ? value : array, false);
        try {
            keep(place, content(value, array), arguments, took);
        } catch (ValueTooLargeException e) {
            Warnings.once("size " + id.name(), "Results of " + id.name() + " are not kept, here that of ("
                    + preview(arguments) + "): written, it is longer than the limitBytes=" + e.limit()
                    + ". Keep it in parts, or an array of numbers with cacheMapped, which has no such limit.", e);
            return given;
        } catch (UnwritableValueException e) {
            Warnings.once("value " + id.name(), "Results of " + id.name() + " are not kept, here that of ("
                    + preview(arguments) + "): " + e.getMessage(), e);
            return given;
        } catch (IOException e) {
            Warnings.once("disk " + id.name(), "The result of " + describe(arguments) + " is not kept in "
                    + place.directory() + ": " + e + ". It is given to its caller, and computed again the next time."
                    + " Further ones are not told.", e);
            return given;
        }
        if (array != null) {
            Found found = find(place, loader, arguments); // as it will be the next time
            return found == null ? given : new Computed(found.value(), true);
        }
        return new Computed(value, true);
    }

    private EntryFile.Content content(@Nullable Object value, @Nullable MemorySegment array)
            throws UnwritableValueException {
        if (array != null) {
            return new EntryFile.Content(array, ByteBuffer.allocate(0), 0);
        }
        PayloadBuffer buffer = new PayloadBuffer();
        // What stands in the memory of this host now will not be there when the result is read.
        new ValueWriter(buffer, MAX_BYTES, null, Destination.BACK).writeValue(value);
        return new EntryFile.Content(null, buffer.detach(), settings.compression());
    }

    private void keep(Place place, EntryFile.Content content, List<@Nullable Object> arguments, long tookNanos)
            throws IOException {
        String preview = preview(arguments);
        CacheEntry entry = place.write(draft -> EntryFile.write(draft, content, id.name(), preview, tookNanos));
        place.describe(Metadata.json(entry, id, content));
    }
}
