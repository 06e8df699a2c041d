package io.farmhand.internal.code;

import java.util.List;

/** The code of a pool, ready to be sent; to be closed with the pool, so that what was packed for it may be removed. */
public final class PackedCode implements AutoCloseable {
    private final CodeManifest manifest;
    private final List<JarStore.Lease> packed;

    PackedCode(CodeManifest manifest, List<JarStore.Lease> packed) {
        this.manifest = manifest;
        this.packed = List.copyOf(packed);
    }

    /** What travels, and where its bytes are until this is closed. */
    public CodeManifest manifest() {
        return manifest;
    }

    @Override
    public void close() {
        packed.forEach(JarStore.Lease::close);
    }
}
