package io.farmhand.internal.serial;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The way from a value down to one of its parts; each node knows the one above it.
 *
 * @param object the part
 * @param parent the way to what holds it; null for the value itself
 * @param label how the parent holds it: {@code .field}, {@code [3]}, {@code  -> captured 'x'}
 * @param named whether the label already says what the part is
 */
record GraphPath(Object object, @Nullable GraphPath parent, Supplier<String> label, boolean named) {
    /** How the label of an enclosing object begins. */
    static final String CAPTURED_THIS = " -> captured 'this' (";

    private static final int MAX_SHOWN = 12;
    private static final int SHOWN_AT_END = 3;

    /** The way to the value itself. */
    static GraphPath root(Object object) {
        return new GraphPath(object, null, () -> "", false);
    }

    /** Whether the way goes by the object around a lambda or an inner class. */
    boolean passesThis() {
        for (GraphPath node = this; node != null; node = node.parent) {
            if (node.named && node.label.get().startsWith(CAPTURED_THIS)) {
                return true;
            }
        }
        return false;
    }

    /** The way in words, such as {@code com.acme.Order.customer -> com.acme.Customer}; a long one loses its middle. */
    String words() {
        List<GraphPath> nodes = new ArrayList<>();
        for (GraphPath node = this; node != null; node = node.parent) {
            nodes.addFirst(node);
        }
        StringBuilder words = new StringBuilder();
        int count = nodes.size();
        int cutFrom = count > MAX_SHOWN ? MAX_SHOWN - SHOWN_AT_END : count;
        int cutTo = count > MAX_SHOWN ? count - SHOWN_AT_END : count;
        for (int i = 0; i < count; i++) {
            if (i == cutFrom && cutFrom < cutTo) {
                words.append(" -> … ").append(cutTo - cutFrom).append(" more … -> ");
                i = cutTo;
                words.append(Names.of(nodes.get(i).object));
                continue;
            }
            append(words, nodes.get(i), i == count - 1);
        }
        return words.toString();
    }

    /** A list or an array on the way needs no name, for its label says enough: {@code com.acme.Order.lines[3]}. */
    private static void append(StringBuilder words, GraphPath node, boolean last) {
        words.append(node.label.get());
        if (node.parent == null) {
            words.append(rootName(node.object, last));
        } else if (!node.named && (last || !ObjectParts.isContainer(node.object))) {
            words.append(" -> ").append(Lambdas.describe(node.object));
        }
    }

    private static String rootName(Object object, boolean alone) {
        Class<?> type = object.getClass();
        if (object instanceof Pair) {
            return "pair";
        }
        return type.isArray() && !alone ? type.getComponentType().getTypeName() : Lambdas.describe(object);
    }
}
