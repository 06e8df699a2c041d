package io.farmhand.internal.serial;

import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.io.ObjectStreamClass;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;

/** A stream of JDK deserialization that looks for classes in a given loader first, then in the thread's own. */
final class JdkReader extends ObjectInputStream {
    private final ClassLoader loader;

    JdkReader(InputStream in, ClassLoader loader) throws IOException {
        super(in);
        this.loader = loader;
    }

    @Override
    protected Class<?> resolveClass(ObjectStreamClass description) throws IOException, ClassNotFoundException {
        try {
            return find(description.getName());
        } catch (ClassNotFoundException e) {
            // Knows the names of the primitive types.
            return super.resolveClass(description);
        }
    }

    @Override
    @SuppressWarnings("deprecation") // ObjectInputStream itself has no other way to the class of a proxy.
    protected Class<?> resolveProxyClass(String[] names) throws ClassNotFoundException {
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
