package io.farmhand.internal.worker;

import io.farmhand.internal.task.ClassBundle;
import io.farmhand.internal.task.MemoryLoader;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * The classes of this worker that came beside values: one loader for each of the coordinator's, and another when a class
 * of it was changed meanwhile, as in jshell. Their bundles are blobs, which are asked for when a value names one that is not
 * known.
 *
 * <p>Only the newest loader of each is held here; older ones as long as somebody uses their classes.
 *
 * <p><b>Concurrency.</b> Its monitor guards the maps; nobody waits for a blob under it.
 */
final class MemoryWorlds {
    private final BlobCache blobs;
    private final Map<Long, MemoryLoader> newest = new HashMap<>(); // guarded by this
    private final Map<String, WeakReference<MemoryLoader>> loaders = new HashMap<>(); // by bundle; guarded by this

    MemoryWorlds(BlobCache blobs) {
        this.blobs = blobs;
    }

    /**
     * The loader of a bundle's classes.
     *
     * @param note the SHA-256 of the blob, in hexadecimal
     */
    ClassLoader loader(String note) throws IOException {
        MemoryLoader known = known(note);
        return known == null ? place(note, fetch(note)) : known;
    }

    private ClassBundle fetch(String note) throws IOException {
        try {
            if (await(note) instanceof byte[] encoded) {
                return ClassBundle.decode(encoded);
            }
            throw new IOException("what came for its classes are no classes, sha256=" + note);
        } catch (IllegalStateException e) {
            throw new IOException("its classes, which exist in memory only, are not to be had any more, sha256=" + note
                    + ": the call that it belongs to is over", e);
        } finally {
            blobs.release(note); // the loader has what is needed
        }
    }

    /** Waits for the answer, which always comes: an interrupt that is meant for a task must not cost another its classes. */
    private Object await(String note) {
        boolean interrupted = Thread.interrupted();
        try {
            while (true) {
                try {
                    return blobs.value(note);
                } catch (CancellationException e) {
                    interrupted |= Thread.interrupted();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private synchronized @Nullable MemoryLoader known(String note) {
        WeakReference<MemoryLoader> known = loaders.get(note);
        return known == null ? null : known.get();
    }

    private synchronized MemoryLoader place(String note, ClassBundle bundle) {
        MemoryLoader before = known(note);
        if (before != null) {
            return before;
        }
        MemoryLoader loader = newest.get(bundle.world());
        if (loader == null || !loader.accepts(bundle.classes())) {
            loader = new MemoryLoader();
            newest.put(bundle.world(), loader);
        }
        loader.add(bundle.classes());
        loaders.values().removeIf(old -> old.get() == null);
        loaders.put(note, new WeakReference<>(loader));
        return loader;
    }
}
