package io.farmhand.internal.serial;

import java.lang.invoke.MethodHandleInfo;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/** Looks into serializable lambdas and method references: where they stand and what they captured. */
public final class Lambdas {
    private static final String BODY_PREFIX = "lambda$";

    private Lambdas() {}

    /**
     * Whether an object is a lambda or a method reference that captured nothing: one is as good as any other of its class, and
     * its encoding is always the same.
     */
    public static boolean capturesNothing(Object object) {
        Class<?> type = object.getClass();
        return type.isHidden() && type.isSynthetic() && type.getDeclaredFields().length == 0;
    }

    /** An object as a path names it: a lambda by its place, a method reference by its method, others by class. */
    static String describe(Object object) {
        SerializedLambda form = form(object);
        if (form == null) {
            return Names.of(object);
        }
        if (!isBody(form)) {
            return "method reference " + className(form) + "::" + form.getImplMethodName();
        }
        LambdaSource source = LambdaSource.of(object.getClass().getClassLoader(), form);
        if (source.file() == null) {
            return "lambda in " + className(form);
        }
        return source.line() > 0 ? "lambda at " + source.file() + ":" + source.line() : "lambda in " + source.file();
    }

    /** Tells the visitor what a lambda captured. */
    static void visitCaptured(Object lambda, ObjectParts.Visitor visitor) {
        SerializedLambda form = form(lambda);
        if (form == null) {
            return;
        }
        boolean go = true;
        for (int i = 0; i < form.getCapturedArgCount() && go; i++) {
            Object captured = form.getCapturedArg(i);
            int index = i;
            if (captured != null && i == 0 && hasReceiver(form)) {
                String role = isBody(form) ? GraphPath.CAPTURED_THIS : " -> bound receiver (";
                go = ObjectParts.tellNamed(visitor, captured, () -> role + Names.of(captured) + ")");
            } else {
                go = ObjectParts.tell(visitor, captured, () -> " -> " + captureName(lambda, form, index));
            }
        }
    }

    private static String captureName(Object lambda, SerializedLambda form, int index) {
        String name = null;
        if (isBody(form)) {
            LambdaSource source = LambdaSource.of(lambda.getClass().getClassLoader(), form);
            int parameter = hasReceiver(form) ? index - 1 : index;
            name = parameter < source.parameters().size() ? source.parameters().get(parameter) : null;
        }
        return name == null || name.isEmpty() ? "captured argument " + (index + 1) : "captured '" + name + "'";
    }

    private static boolean isBody(SerializedLambda form) {
        return form.getImplMethodName().startsWith(BODY_PREFIX);
    }

    private static boolean hasReceiver(SerializedLambda form) {
        int kind = form.getImplMethodKind();
        return kind != MethodHandleInfo.REF_invokeStatic && kind != MethodHandleInfo.REF_newInvokeSpecial;
    }

    private static String className(SerializedLambda form) {
        return form.getImplClass().replace('/', '.');
    }

    /** The form in which the JDK serializes a lambda; null for anything else, or where the JDK will not give it. */
    public static @Nullable SerializedLambda form(Object object) {
        if (!Names.isLambda(object.getClass())) {
            return null;
        }
        try {
            Method method = object.getClass().getDeclaredMethod("writeReplace");
            return method.trySetAccessible() && method.invoke(object) instanceof SerializedLambda form ? form : null;
        } catch (ReflectiveOperationException e) {
            return null;
        }
    }
}
