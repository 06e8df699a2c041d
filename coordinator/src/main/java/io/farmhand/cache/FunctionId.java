package io.farmhand.cache;

import io.farmhand.internal.serial.Lambdas;
import io.farmhand.internal.task.Bound;
import java.io.Serializable;
import java.lang.invoke.SerializedLambda;
import java.nio.file.Path;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * What tells a function from all others. It is made where the function is cached, and travels with it: workers need not look
 * at its code again.
 *
 * @param type the class that its code is in
 * @param method the method that it is
 * @param hash of its code, of the method's name and types, and of what it captured
 */
record FunctionId(String type, String method, String hash) implements Serializable {
    /** Shorter than the 255 bytes that file systems take, with room for a hash. */
    private static final int MAX_NAME_CHARS = 150;

    /**
     * The one of a function.
     *
     * @param called the method of its interface, which is its own name where it is no lambda
     * @throws IllegalArgumentException when its code cannot be read, or what it captured cannot be hashed
     */
    static FunctionId of(Serializable function, String called) {
        Sha sha = new Sha();
        try {
            new ValueHasher().add(sha, function);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("The function cannot be cached. " + e.getMessage(), e);
        }
        String hash = sha.hex();
        return switch (named(function)) {
            case CachedFunction<?, ?> cached -> cached.id().with(hash);
            case CachedBiFunction<?, ?, ?> cached -> cached.id().with(hash);
            case CachedCallable<?> cached -> cached.id().with(hash);
            case Serializable written -> of(written, Lambdas.form(written), called, hash);
        };
    }

    private static FunctionId of(Serializable function, @Nullable SerializedLambda form, String called, String hash) {
        return form == null
                ? new FunctionId(function.getClass().getName(), called, hash)
                : new FunctionId(form.getImplClass().replace('/', '.'), form.getImplMethodName(), hash);
    }

    /** What the user wrote, without the arguments that were bound to it. */
    private static Serializable named(Serializable function) {
        return function instanceof Bound bound ? bound.function() : function;
    }

    private FunctionId with(String other) {
        return new FunctionId(type, method, other);
    }

    /** As people know it. */
    String name() {
        return type + "." + method;
    }

    /** Where its results are, beside those of others with the same class and method. */
    Path directory(Path root) {
        return root.resolve(fileName(type)).resolve(fileName(method));
    }

    /** A name of a file that says as much as any file system takes, and differs for different names. */
    static String fileName(String name) {
        StringBuilder file = new StringBuilder();
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'
                    || c == '$' || c == '-' || (c == '.' && i > 0);
            if (plain) {
                file.append(c);
            } else {
                file.append('%').append(HexFormat.of().toHexDigits(c));
            }
        }
        if (file.length() <= MAX_NAME_CHARS) {
            return file.toString();
        }
        Sha sha = new Sha();
        sha.putString(name);
        return file.substring(0, MAX_NAME_CHARS) + "-" + sha.hex();
    }
}
