package io.farmhand.cli;

import io.farmhand.task.RemoteFunction;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/**
 * What a worker runs for {@code farm map}: it reads the input, calls the user's method and renders the result as text.
 *
 * <p>The method travels by name and is found in the worker, by the context class loader, at the first item: the class
 * need not be on the coordinator's class path, nor be initialized there.
 */
final class CliTask implements RemoteFunction<String, String> {
    private static final long serialVersionUID = 1;
    private static final MethodType GENERIC = MethodType.methodType(Object.class, Object.class);

    private final String className;
    private final String methodName;
    private final Class<?> parameter;

    // May be looked up twice by two threads: they find the same.
    private transient volatile @Nullable MethodHandle handle;

    /**
     * A task.
     *
     * @param className the class that declares the method, as {@link Class#getName()} has it
     * @param methodName of a static method
     * @param parameter the type of its one parameter, of some {@link InputKind}
     */
    CliTask(String className, String methodName, Class<?> parameter) {
        this.className = className;
        this.methodName = methodName;
        this.parameter = parameter;
    }

    @Override
    public String apply(String item) throws Exception {
        MethodHandle target = handle;
        if (target == null) {
            target = resolve();
            handle = target;
        }
        Object argument = InputKind.of(parameter).orElseThrow().read(item);
        return ResultText.of(call(target, argument));
    }

    private MethodHandle resolve() throws ReflectiveOperationException {
        Class<?> owner = Class.forName(className, true, Thread.currentThread().getContextClassLoader());
        Method method = owner.getDeclaredMethod(methodName, parameter);
        method.setAccessible(true);
        return MethodHandles.lookup().unreflect(method).asType(GENERIC);
    }

    private static @Nullable Object call(MethodHandle target, Object argument) throws Exception {
        try {
            return target.invokeExact(argument);
        } catch (Exception | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("the method threw a bare Throwable: " + e, e);
        }
    }
}
