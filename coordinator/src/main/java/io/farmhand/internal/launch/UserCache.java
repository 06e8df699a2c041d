package io.farmhand.internal.launch;

import java.io.File;
import java.nio.file.Path;
import java.nio.file.Paths;
import org.jspecify.annotations.Nullable;

/** The user's directory for what can be made again, as the XDG Base Directory Specification has it. Stateless. */
public final class UserCache {
    private static final String UNKNOWN = "?";
    private static final String NAME = "farmhand";

    private UserCache() {}

    /** Ours of it; null where this user has none. */
    public static @Nullable Path directory() {
        String caches = System.getenv("XDG_CACHE_HOME");
        String home = System.getProperty("user.home", "");
        if (caches != null && caches.startsWith(File.separator)) { // others are to be ignored, says the specification
            return Paths.get(caches, NAME);
        }
        return home.isEmpty() || home.equals(UNKNOWN) ? null : Paths.get(home, ".cache", NAME);
    }
}
