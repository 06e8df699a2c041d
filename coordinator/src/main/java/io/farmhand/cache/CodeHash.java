package io.farmhand.cache;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Hashes the code that a function is made of: the class files of one outermost class and of those nested in it, as far as
 * the function's class leads to them, without what only debuggers read. Stateless.
 *
 * <p><b>Why all of them.</b> joblib hashes the source of the function alone, and gives old results when a helper beside it
 * was changed. The helpers of a method are most often in its own class. What is further away changes with other people's
 * releases, and would drop all results with each of those.
 *
 * <p><b>jshell</b> puts each snippet into a class of its own, {@code REPL.$JShell$N}, whose names are the same in every
 * session. By their names they are nested in one class, so that all to which the function's leads count.
 */
final class CodeHash {
    /** Line numbers change with a comment. Frames follow from the code, and to make them anew needs all its classes. */
    private static final ClassFile PLAIN = ClassFile.of(ClassFile.DebugElementsOption.DROP_DEBUG,
            ClassFile.LineNumbersOption.DROP_LINE_NUMBERS, ClassFile.ConstantPoolSharingOption.NEW_POOL,
            ClassFile.StackMapsOption.DROP_STACK_MAPS, ClassFile.DeadCodeOption.KEEP_DEAD_CODE);

    private CodeHash() {}

    /**
     * The hash.
     *
     * @param type the internal name of a class
     * @param loader of the function
     * @throws IllegalArgumentException when its class file cannot be had
     */
    static byte[] of(String type, @Nullable ClassLoader loader) {
        String outermost = outermost(type);
        SortedMap<String, byte[]> code = new TreeMap<>();
        Set<String> seen = new TreeSet<>();
        Queue<String> open = new ArrayDeque<>();
        open.add(type);
        open.add(outermost);
        while (!open.isEmpty()) {
            String name = open.remove();
            byte[] bytes = seen.add(name) ? bytes(name, loader) : null;
            if (bytes != null) {
                code.put(name, plain(bytes, outermost, open));
            }
        }
        if (!code.containsKey(type)) {
            throw new IllegalArgumentException("The code of " + type.replace('/', '.')
                    + " cannot be read, so that nobody"
                    + " could tell when it changes: its class loader gives no class file, since it was made at run time."
                    + " Cache a method of a class of the class path.");
        }
        Sha sha = new Sha();
        code.forEach((name, bytes) -> {
            sha.putString(name);
            sha.putInt(bytes.length);
            sha.putBytes(bytes);
        });
        return sha.end();
    }

    /** A guess by the name: more than the outermost class may count then, but never less. */
    private static String outermost(String type) {
        int simple = type.lastIndexOf('/') + 1;
        int end = type.indexOf('$', simple + 1);
        return end < 0 ? type : type.substring(0, end);
    }

    private static byte @Nullable [] bytes(String type, @Nullable ClassLoader loader) {
        String resource = type + ".class";
        try (InputStream in = loader == null
                ? ClassLoader.getSystemResourceAsStream(resource)
                : loader.getResourceAsStream(resource)) {
            return in == null ? null : in.readAllBytes();
        } catch (IOException e) {
            return null;
        }
    }

    /** @param open gets the names of classes that count, too */
    private static byte[] plain(byte[] bytes, String outermost, Queue<String> open) {
        try {
            ClassModel type = PLAIN.parse(bytes);
            for (PoolEntry entry : type.constantPool()) {
                if (entry instanceof ClassEntry named) {
                    String name = named.asInternalName();
                    if (name.startsWith(outermost + "$")) {
                        open.add(name);
                    }
                }
            }
            return PLAIN.transformClass(type, ClassTransform.ACCEPT_ALL);
        } catch (IllegalArgumentException | IllegalStateException e) {
            return bytes; // of a compiler that we do not understand
        }
    }
}
