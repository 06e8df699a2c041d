package io.farmhand.internal.code;

import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.constantpool.Utf8Entry;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The classes that a class file names: whose methods it calls, whose members it nests, what it permits, what stands in its
 * descriptors and signatures. All of that is in its constant pool. A name that is put together at run time is not. Stateless.
 */
final class ClassReferences {
    /** A class in a descriptor or a signature. A text that only looks like one does no harm: there is no such class. */
    private static final Pattern IN_DESCRIPTOR = Pattern.compile("L([^;<>()\\[.:\\s]+)[;<]");

    private ClassReferences() {}

    /** Their binary names; none of the JDK's own in {@code java}, and none if this is no class file. */
    static Set<String> of(byte[] classFile) {
        Set<String> names = new LinkedHashSet<>();
        try {
            for (PoolEntry entry : ClassFile.of().parse(classFile).constantPool()) {
                if (entry instanceof ClassEntry type && !type.asInternalName().startsWith("[")) {
                    add(type.asInternalName(), names);
                } else if (entry instanceof Utf8Entry text) {
                    Matcher types = IN_DESCRIPTOR.matcher(text.stringValue());
                    while (types.find()) {
                        add(types.group(1), names);
                    }
                }
            }
        } catch (IllegalArgumentException e) {
            // Made by somebody whose class files the JDK's parser does not understand, though its JVM does.
            return names;
        }
        return names;
    }

    private static void add(String internalName, Set<String> names) {
        if (!internalName.startsWith("java/")) {
            names.add(internalName.replace('/', '.'));
        }
    }
}
