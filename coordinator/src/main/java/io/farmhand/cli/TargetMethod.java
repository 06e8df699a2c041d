package io.farmhand.cli;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The static method that is to be mapped.
 *
 * @param method static, of one parameter
 * @param kind what the inputs are read as
 */
record TargetMethod(Method method, InputKind kind) {
    /**
     * Finds the method, of several overloads the one that {@link InputKind} prefers.
     *
     * @throws UsageException if there is none, saying which there are
     */
    static TargetMethod find(MethodName name, ClassPath classPath) {
        Class<?> owner = classPath.find(name.className());
        List<Method> statics = staticMethods(owner);
        List<Method> named = statics.stream().filter(method -> method.getName().equals(name.methodName())).toList();
        if (named.isEmpty()) {
            throw new UsageException("no static method " + name.methodName() + " in class " + owner.getName()
                    + NearestName.of(name.methodName(), statics.stream().map(Method::getName))
                            .map(near -> "; did you mean " + near + "?").orElse(""));
        }
        return named.stream().flatMap(TargetMethod::fitting).min(Comparator.comparing(TargetMethod::kind))
                .orElseThrow(() -> new UsageException(name
                        + " must take one Path, File, String, long, int, double or boolean; there is only "
                        + named.stream().map(TargetMethod::signature).sorted().collect(Collectors.joining(", "))));
    }

    private static Stream<TargetMethod> fitting(Method method) {
        if (method.getParameterCount() != 1 || !method.trySetAccessible()) {
            return Stream.empty();
        }
        return InputKind.of(method.getParameterTypes()[0]).map(kind -> new TargetMethod(method, kind)).stream();
    }

    /** Those of a class and of the classes it extends, the nearest first. */
    private static List<Method> staticMethods(Class<?> owner) {
        List<Method> methods = new ArrayList<>();
        try {
            for (Class<?> type = owner; type != null; type = type.getSuperclass()) {
                methods.addAll(Arrays.asList(type.getDeclaredMethods()));
            }
        } catch (LinkageError e) {
            throw new UsageException("class " + owner.getName() + " cannot be read: " + e
                    + "; is a jar missing from --jar?");
        }
        methods.removeIf(method -> !Modifier.isStatic(method.getModifiers()) || method.isSynthetic());
        return methods;
    }

    private static String signature(Method method) {
        return method.getName() + Arrays.stream(method.getParameterTypes()).map(Class::getSimpleName)
                .collect(Collectors.joining(", ", "(", ")"));
    }

    /** Whether it has no result to print. */
    boolean isVoid() {
        return method.getReturnType() == void.class;
    }

    /** What the workers run. */
    CliTask task() {
        return new CliTask(method.getDeclaringClass().getName(), method.getName(), method.getParameterTypes()[0]);
    }
}
