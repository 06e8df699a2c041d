package io.farmhand.internal.code;

import io.farmhand.internal.task.ClassBundle;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.NewObjectInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDesc;
import java.lang.constant.DirectMethodHandleDesc;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds the variables of jshell that code reads. jshell makes a class of each snippet, a static field of a variable, and a
 * method {@code do_it$}, which runs here only, of what is to be run. So in a worker the field has no value, and a lambda does
 * not capture it.
 *
 * <p>What is followed are instructions: from a method of a snippet's class to the methods that it calls, and from those to
 * any other class that comes with them and all methods of that. So {@code do_it$}, which uses the pool, is not.
 */
public final class ShellVariables {
    /** The class of a snippet; those that are declared in it have a further part in their names. */
    private static final Pattern SNIPPET = Pattern.compile("REPL\\.\\$JShell\\$\\w+");

    /**
     * A variable.
     *
     * @param className the class that has the field
     * @param name of the field
     */
    public record Variable(String className, String name) {}

    /** A method, or all of a class where the name is null. */
    private record Place(String className, @Nullable String method, @Nullable String descriptor) {}

    private final Map<String, byte[]> classes;
    private final Map<String, @Nullable ClassModel> parsed = new HashMap<>();
    private final Deque<Place> open = new ArrayDeque<>();
    private final Set<Place> seen = new HashSet<>();
    private final Set<Variable> found = new LinkedHashSet<>();

    private ShellVariables(Map<String, byte[]> classes) {
        this.classes = classes;
    }

    /**
     * What a lambda reads.
     *
     * @param className the class of its body
     * @param method its body
     * @param descriptor of its body
     */
    public static Set<Variable> readBy(ClassBundle bundle, String className, String method, String descriptor) {
        return isOfShell(bundle) ? search(bundle, search -> search.reach(className, method, descriptor)) : Set.of();
    }

    /** What any method of a class reads; of a snippet's class itself nothing. */
    public static Set<Variable> readBy(ClassBundle bundle, String className) {
        return isOfShell(bundle) ? search(bundle, search -> search.reachClass(className)) : Set.of();
    }

    private static Set<Variable> search(ClassBundle bundle, Consumer<ShellVariables> start) {
        ShellVariables search = new ShellVariables(bundle.classes());
        start.accept(search);
        return search.run();
    }

    private static boolean isOfShell(ClassBundle bundle) {
        return bundle.classes().keySet().stream().anyMatch(ShellVariables::isSnippet);
    }

    private static boolean isSnippet(String className) {
        return SNIPPET.matcher(className).matches();
    }

    private void reach(String className, String method, String descriptor) {
        if (isSnippet(className)) {
            add(new Place(className, method, descriptor));
        } else {
            reachClass(className);
        }
    }

    private void reachClass(String className) {
        if (!isSnippet(className)) {
            add(new Place(className, null, null));
        }
    }

    private void reachClass(ClassEntry type) {
        reachClass(type.asInternalName().replace('/', '.'));
    }

    private void reachClass(ClassDesc type) {
        ClassDesc element = type;
        while (element.isArray()) {
            element = element.componentType();
        }
        if (element.isClassOrInterface()) {
            reachClass(name(element));
        }
    }

    private static String name(ClassDesc type) {
        String descriptor = type.descriptorString();
        return descriptor.substring(1, descriptor.length() - 1).replace('/', '.');
    }

    private void add(Place place) {
        if (classes.containsKey(place.className) && seen.add(place)) {
            open.add(place);
        }
    }

    private Set<Variable> run() {
        for (Place next = open.poll(); next != null; next = open.poll()) {
            ClassModel type = parsed.computeIfAbsent(next.className, this::parse);
            if (type == null) {
                continue;
            }
            if (next.method == null) {
                type.superclass().ifPresent(this::reachClass);
                type.interfaces().forEach(this::reachClass);
            }
            for (MethodModel method : type.methods()) {
                if (next.method == null || (method.methodName().equalsString(next.method)
                        && method.methodType().equalsString(String.valueOf(next.descriptor)))) {
                    method.code().ifPresent(code -> code.forEach(this::follow));
                }
            }
        }
        return found;
    }

    private @Nullable ClassModel parse(String className) {
        byte[] bytes = classes.get(className);
        try {
            return bytes == null ? null : ClassFile.of().parse(bytes);
        } catch (IllegalArgumentException e) {
            return null; // jshell's own are not such
        }
    }

    private void follow(CodeElement element) {
        switch (element) {
            case FieldInstruction field -> {
                String owner = field.owner().asInternalName().replace('/', '.');
                if (field.opcode() == Opcode.GETSTATIC && isSnippet(owner)) {
                    found.add(new Variable(owner, field.name().stringValue()));
                }
                reachClass(owner);
            }
            case InvokeInstruction call -> reach(call.owner().asInternalName().replace('/', '.'),
                    call.name().stringValue(), call.type().stringValue());
            case InvokeDynamicInstruction call -> call.bootstrapArgs().forEach(this::follow);
            case NewObjectInstruction made -> reachClass(made.className());
            case ConstantInstruction constant -> follow(constant.constantValue());
            default -> {
            }
        }
    }

    private void follow(ConstantDesc constant) {
        if (constant instanceof DirectMethodHandleDesc handle) {
            reach(name(handle.owner()), handle.methodName(), handle.lookupDescriptor());
        } else if (constant instanceof ClassDesc type) {
            reachClass(type);
        }
    }
}
