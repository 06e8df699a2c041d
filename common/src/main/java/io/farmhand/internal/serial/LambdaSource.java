package io.farmhand.internal.serial;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.TypeKind;
import java.lang.classfile.attribute.CodeAttribute;
import java.lang.classfile.attribute.LineNumberInfo;
import java.lang.classfile.attribute.LocalVariableInfo;
import java.lang.constant.ClassDesc;
import java.lang.invoke.MethodHandleInfo;
import java.lang.invoke.SerializedLambda;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the debug tables of a class file tell of the body of a lambda.
 *
 * @param file the source file, if it is known
 * @param line the line of the body's first statement, or 0
 * @param parameters the names of the body's parameters, captured values first; empty where a name is not known
 */
record LambdaSource(@Nullable String file, int line, List<String> parameters) {
    private static final LambdaSource UNKNOWN = new LambdaSource(null, 0, List.of());

    /** Reads the class file of a lambda's body, if the loader has it. */
    static LambdaSource of(@Nullable ClassLoader loader, SerializedLambda form) {
        String resource = form.getImplClass() + ".class";
        try (InputStream in = loader == null
                ? ClassLoader.getSystemResourceAsStream(resource)
                : loader.getResourceAsStream(resource)) {
            return in == null ? UNKNOWN : parse(ClassFile.of().parse(in.readAllBytes()), form);
        } catch (IOException | RuntimeException e) {
            // Made at run time, or made by a compiler that we do not understand.
            return UNKNOWN;
        }
    }

    private static LambdaSource parse(ClassModel type, SerializedLambda form) {
        String file = type.findAttribute(Attributes.sourceFile()).map(a -> a.sourceFile().stringValue()).orElse(null);
        for (MethodModel method : type.methods()) {
            if (method.methodName().equalsString(form.getImplMethodName())
                    && method.methodType().equalsString(form.getImplMethodSignature())) {
                CodeAttribute code = method.findAttribute(Attributes.code()).orElse(null);
                if (code != null) {
                    boolean isStatic = form.getImplMethodKind() == MethodHandleInfo.REF_invokeStatic;
                    return new LambdaSource(file, line(code), parameters(method, code, isStatic));
                }
            }
        }
        return new LambdaSource(file, 0, List.of());
    }

    private static int line(CodeAttribute code) {
        return code.findAttribute(Attributes.lineNumberTable())
                .flatMap(table -> table.lineNumbers().stream().min(Comparator.comparingInt(LineNumberInfo::startPc)))
                .map(LineNumberInfo::lineNumber).orElse(0);
    }

    /** Parameters stand in the first slots, and are there from the method's first instruction on. */
    private static List<String> parameters(MethodModel method, CodeAttribute code, boolean isStatic) {
        List<LocalVariableInfo> variables = code.findAttribute(Attributes.localVariableTable())
                .map(table -> table.localVariables()).orElse(List.of());
        List<String> names = new ArrayList<>();
        int slot = isStatic ? 0 : 1;
        for (ClassDesc parameter : method.methodTypeSymbol().parameterList()) {
            names.add(nameAt(variables, slot));
            slot += TypeKind.from(parameter).slotSize();
        }
        return names;
    }

    private static String nameAt(List<LocalVariableInfo> variables, int slot) {
        for (LocalVariableInfo variable : variables) {
            if (variable.slot() == slot && variable.startPc() == 0) {
                return variable.name().stringValue();
            }
        }
        return "";
    }
}
