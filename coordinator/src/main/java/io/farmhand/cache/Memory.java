package io.farmhand.cache;

import io.farmhand.task.RemoteBiFunction;
import io.farmhand.task.RemoteCallable;
import io.farmhand.task.RemoteFunction;
import io.farmhand.task.RemotePredicate;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.zip.Deflater;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what functions give in a directory, so that the same call is not computed twice, as joblib's {@code Memory}:
 *
 * <pre>{@code
 * Memory memory = Memory.at(Path.of("cache"));
 * CachedFunction<Path, Summary> summarize = memory.cache(Reports::summarize);
 * Summary summary = summarize.apply(file);               // computed, and kept
 * List<Summary> all = pool.map(summarize, files);        // the workers read and write the same directory
 * }</pre>
 *
 * <p><b>The same call</b> is one of the same function on an equal argument. Functions are the same when their method has
 * the same class, name and types, when the code of its class is the same, that of all classes nested in the same outermost
 * class included, and when what they captured is equal. So whoever changes one of these gets no old results; comments and
 * blank lines do not count. Code that the function calls in other classes is not looked at: {@link #clear} the cache when
 * that has changed. What is captured is looked at when the function is cached; do not change it afterwards.
 *
 * <p><b>Arguments are equal</b>, and so is what is captured, when they are of the same class and have the same content:
 * <ul>
 * <li>numbers by class and value: 1 is not 1L; NaN is NaN, and 0.0 is not -0.0, as {@code equals} has it. It makes no
 * difference whether they are boxed;
 * <li>strings, enum constants, arrays by their elements;
 * <li>the JDK's lists by their elements, whichever list it is; its sets and maps by what is in them, whatever their order
 * and class. A function whose result depends on the order of a map must take a list;
 * <li>records by their components; other serializable objects by their fields, but for transient ones, whatever their
 * {@code equals} says; what is serialized by code of its own by the bytes that it writes.
 * </ul>
 * An argument that is not serializable is an {@link IllegalArgumentException}. For several arguments take a record, a list,
 * or a function of two; {@link #ignore} leaves components of records out.
 *
 * <p><b>On disk</b> there is {@code DIRECTORY/farmhand/CLASS/METHOD/HASH/} for each result, with {@code output.bin} and,
 * for people, {@code metadata.json}: the function, the arguments in short, when it was computed and how long that took.
 * Results travel there as they do to a worker, by serialization. Whoever may write to the directory can have code run by
 * those who read it; a directory that is made here is its user's only.
 *
 * <p><b>Failures.</b> What the function throws comes out as it is, and is not kept. Files are written beside and renamed,
 * so that nobody reads half of one; they are not forced to the disk, so that the last ones may be lost when the power
 * fails. A result that is damaged, by its checksum, or cannot be read any more is computed again, with a warning in the log
 * (System.Logger {@code io.farmhand.cache.Memory}). One that cannot be kept, since the disk is full or it is not
 * serializable, is given to the caller all the same, with a warning.
 *
 * <p><b>Many at once.</b> Any number of threads and processes may use a directory. A result that several ask for is computed
 * by one of them, while the others wait; when that one dies, the next takes over at once. That rests on locks of files: on a
 * file system without them, a result may be computed more than once.
 *
 * <p>Immutable, as cached functions are: each option gives another {@code Memory}. Both travel to workers with what
 * captures them, and name the same directory there; on another host that is a directory of that host.
 */
public final class Memory implements Serializable {
    private static final long serialVersionUID = 1;
    /** zlib's level that joblib takes: higher levels cost much more time for little. */
    private static final int COMPRESSION = 3;

    private final Settings settings;

    private Memory(Settings settings) {
        this.settings = settings;
    }

    /**
     * A cache in a directory, which is made when something is kept there. What is in it besides stays untouched.
     *
     * @param directory a relative one is taken from this process's working directory, also by workers
     * @throws IllegalArgumentException when it is something else than a directory
     */
    public static Memory at(Path directory) {
        Path absolute = Objects.requireNonNull(directory, "directory").toAbsolutePath().normalize();
        if (!absolute.getFileSystem().equals(FileSystems.getDefault())) {
            throw new IllegalArgumentException("directory=" + directory + " is not of the host's own file system");
        }
        if (Files.exists(absolute) && !Files.isDirectory(absolute)) {
            throw new IllegalArgumentException("directory=" + directory + " is not a directory");
        }
        return new Memory(new Settings(absolute.toString(), List.of(), null, null, 0));
    }

    /** Where results are kept. */
    public Path directory() {
        return Path.of(settings.directory());
    }

    // ---- options ----

    /**
     * Leaves components of arguments that are records out, when calls are compared: a verbosity, a progress counter.
     *
     * @param components their names; each call's argument must have them all, one of the arguments of a function of two
     */
    public Memory ignore(String... components) {
        TreeSet<String> all = new TreeSet<>(settings.ignored());
        all.addAll(List.of(components));
        return new Memory(new Settings(settings.directory(), List.copyOf(all), settings.expiry(), settings.validIf(),
                settings.compression()));
    }

    /**
     * Computes results again that are older, by the clock of the one who asks.
     *
     * @throws IllegalArgumentException when it is not more than zero
     */
    public Memory expiresAfter(Duration age) {
        if (Objects.requireNonNull(age, "age").isNegative() || age.isZero()) {
            throw new IllegalArgumentException("expiresAfter=" + age + " is not more than zero");
        }
        return new Memory(new Settings(settings.directory(), settings.ignored(), age, settings.validIf(),
                settings.compression()));
    }

    /**
     * Computes results again of which the predicate says no; it is asked each time that there is one.
     *
     * @param predicate runs where the function is called; what it throws comes out of the call
     */
    public Memory validIf(RemotePredicate<? super CacheEntry> predicate) {
        return new Memory(new Settings(settings.directory(), settings.ignored(), settings.expiry(),
                Objects.requireNonNull(predicate, "predicate"), settings.compression()));
    }

    /** Compresses results, but for those of {@link #cacheMapped}, at level 3. They are read whether they are or not. */
    public Memory compress() {
        return compress(COMPRESSION);
    }

    /**
     * Compresses results, but for those of {@link #cacheMapped}.
     *
     * @param level of zlib, from 1, the fastest, to 9
     * @throws IllegalArgumentException when it is not
     */
    public Memory compress(int level) {
        if (level < Deflater.BEST_SPEED || level > Deflater.BEST_COMPRESSION) {
            throw new IllegalArgumentException("compress=" + level + " is not from 1 to 9");
        }
        return new Memory(new Settings(settings.directory(), settings.ignored(), settings.expiry(), settings.validIf(),
                level));
    }

    // ---- functions ----

    /**
     * A function that answers from here if it can, and else computes and keeps.
     *
     * @param function a lambda, a method reference or any other
     * @throws IllegalArgumentException when its code cannot be read, or what it captured cannot be serialized
     */
    public <T extends @Nullable Object, R extends @Nullable Object> CachedFunction<T, R> cache(
            RemoteFunction<T, R> function) {
        Objects.requireNonNull(function, "function");
        return new CachedFunction<>(function, new Shelf<>(settings, FunctionId.of(function, "apply"), false));
    }

    /** As {@link #cache(RemoteFunction)}, of two arguments. */
    public <A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object> CachedBiFunction<A, B, R> cache(
            RemoteBiFunction<A, B, R> function) {
        Objects.requireNonNull(function, "function");
        return new CachedBiFunction<>(function, new Shelf<>(settings, FunctionId.of(function, "apply"), false));
    }

    /** As {@link #cache(RemoteFunction)}, without arguments: what is captured makes the difference. */
    public <R extends @Nullable Object> CachedCallable<R> cache(RemoteCallable<R> function) {
        Objects.requireNonNull(function, "function");
        return new CachedCallable<>(function, new Shelf<>(settings, FunctionId.of(function, "call"), false));
    }

    /**
     * As {@link #cache(RemoteFunction)}, for a function that gives a large array: its result is the file itself, mapped
     * read-only, as with joblib's {@code mmap_mode='r'}. No copy of it is on the heap, and all processes of a host share
     * the memory. It stays mapped for as long as something refers to it, also when the result was cleared meanwhile.
     *
     * <p>Its bytes are read through once to check them. To spare a pool the copy from worker to caller, let workers give
     * {@link CachedFunction#callAndShelve} of it, and map in the caller with {@link Shelved#get}.
     *
     * @param function gives an array of primitives but booleans, whose elements stand in native order, or a
     *     {@link MemorySegment}; anything else is an {@link IllegalArgumentException} of the call
     */
    public <T extends @Nullable Object> CachedFunction<T, MemorySegment> cacheMapped(RemoteFunction<T, ?> function) {
        Objects.requireNonNull(function, "function");
        return new CachedFunction<>(function, new Shelf<>(settings, FunctionId.of(function, "apply"), true));
    }

    // ---- what is kept ----

    /**
     * Drops what was used least recently until no more is kept than this:
     * {@code memory.reduceSize(limits -> limits.bytes(10_000_000_000L).age(Duration.ofDays(30)))}. Others may use the cache
     * meanwhile, and what they add then may come on top.
     *
     * @param limits makes them of none
     * @return how many results were dropped
     * @throws UncheckedIOException when the directory cannot be read
     */
    public long reduceSize(UnaryOperator<CacheLimits> limits) {
        try {
            return Cleanup.reduce(settings.root(), limits.apply(CacheLimits.NONE));
        } catch (IOException e) {
            throw new UncheckedIOException("the cache at " + settings.root() + " cannot be reduced: " + e.getMessage(),
                    e);
        }
    }

    /**
     * Drops all results of all functions.
     *
     * @throws UncheckedIOException when they cannot be deleted
     */
    public void clear() {
        try {
            Cleanup.clear(settings.root());
        } catch (IOException e) {
            throw new UncheckedIOException("the cache at " + settings.root() + " cannot be cleared: " + e.getMessage(),
                    e);
        }
    }

    @Override
    public String toString() {
        return "Memory[" + settings.directory() + "]";
    }
}
