package io.farmhand.internal.serial;

import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.io.ObjectStreamClass;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/**
 * A stream of JDK deserialization that looks for classes in a given loader first, or, from a note on, in that of the classes
 * that came beside the value; then in the thread's own.
 */
final class JdkReader extends ObjectInputStream {
    private final @Nullable ArrivedClasses arrived;
    private ClassLoader loader;
    private boolean noted;

    /** @param arrived the classes that came beside values; null if none do */
    JdkReader(InputStream in, ClassLoader loader, @Nullable ArrivedClasses arrived) throws IOException {
        super(in);
        this.loader = loader;
        this.arrived = arrived;
    }

    private void readNote() throws IOException {
        if (arrived != null && available() > 0) {
            loader = arrived.loader(readUTF());
            noted = true;
        }
    }

    /** Reads what {@link JdkWriter#writeVariables} wrote, if that came with classes, and sets it. */
    void readVariables(InputStream rest) throws IOException, ReflectiveOperationException {
        while (noted && rest.available() > 0) {
            for (StaticValue each : (StaticValue[]) readObject()) {
                each.set();
            }
        }
    }

    @Override
    protected Class<?> resolveClass(ObjectStreamClass description) throws IOException, ClassNotFoundException {
        readNote();
        try {
            return find(description.getName());
        } catch (ClassNotFoundException e) {
            // Knows the names of the primitive types.
            return super.resolveClass(description);
        }
    }

    @Override
    @SuppressWarnings("deprecation") // ObjectInputStream itself has no other way to the class of a proxy.
    protected Class<?> resolveProxyClass(String[] names) throws IOException, ClassNotFoundException {
        readNote();
        Class<?>[] interfaces = new Class<?>[names.length];
        ClassLoader home = loader;
        for (int i = 0; i < names.length; i++) {
            interfaces[i] = find(names[i]);
            if (!Modifier.isPublic(interfaces[i].getModifiers())) {
                home = interfaces[i].getClassLoader();
            }
        }
        try {
            return Proxy.getProxyClass(home, interfaces);
        } catch (IllegalArgumentException e) {
            throw new ClassNotFoundException("a proxy of " + String.join(", ", names), e);
        }
    }

    private Class<?> find(String name) throws ClassNotFoundException {
        try {
            return Class.forName(name, false, loader);
        } catch (ClassNotFoundException e) {
            ClassLoader context = Thread.currentThread().getContextClassLoader();
            if (context == null) {
                throw e;
            }
            return Class.forName(name, false, context);
        }
    }
}
