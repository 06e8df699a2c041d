package io.farmhand.cli.task;

import io.farmhand.task.RemoteFunction;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a worker runs for {@code farm map}: it reads what was sent, calls the user's method and renders the result as text.
 *
 * <p>The method travels by name and is found in the worker, by the context class loader, at the first item: the class
 * need not be on the coordinator's class path, nor be initialized there.
 */
public final class MethodTask implements RemoteFunction<Object, String> {
    private static final long serialVersionUID = 2;
    private static final MethodType GENERIC = MethodType.methodType(Object.class, Object[].class);

    private final String className;
    private final String methodName;
    private final String descriptor;
    private final Arguments arguments;

    // May be looked up twice by two threads: they find the same.
    private transient volatile @Nullable Target target;

    /** The method, found. */
    private record Target(List<Class<?>> types, MethodHandle handle) {}

    /**
     * A task.
     *
     * @param method static
     * @param arguments how its arguments are made of what is sent
     */
    public MethodTask(Method method, Arguments arguments) {
        this.className = method.getDeclaringClass().getName();
        this.methodName = method.getName();
        this.descriptor = MethodType.methodType(method.getReturnType(), method.getParameterTypes())
                .toMethodDescriptorString();
        this.arguments = arguments;
    }

    @Override
    public String apply(Object sent) throws Exception {
        Target found = target;
        if (found == null) {
            found = resolve();
            target = found;
        }
        return ResultText.of(call(found.handle, arguments(found, sent)));
    }

    private Object[] arguments(Target found, Object sent) throws Exception {
        try {
            return arguments.read(sent, found.types);
        } catch (IllegalArgumentException e) {
            throw new InputException(String.valueOf(e.getMessage()));
        }
    }

    private Target resolve() throws ReflectiveOperationException {
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        Class<?> owner = Class.forName(className, true, loader);
        Class<?>[] types = MethodType.fromMethodDescriptorString(descriptor, loader).parameterArray();
        Method method = owner.getDeclaredMethod(methodName, types);
        method.setAccessible(true);
        return new Target(List.of(types),
                MethodHandles.lookup().unreflect(method).asSpreader(Object[].class, types.length)
                        .asType(GENERIC));
    }

    private static @Nullable Object call(MethodHandle handle, Object[] values) throws Exception {
        try {
            return handle.invokeExact(values);
        } catch (Exception | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("the method threw a bare Throwable: " + e, e);
        }
    }
}
