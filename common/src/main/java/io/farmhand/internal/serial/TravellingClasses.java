package io.farmhand.internal.serial;

import java.lang.invoke.SerializedLambda;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Classes that travel beside the values that are of them, since no class path has them. */
public interface TravellingClasses {
    /**
     * By what a reader finds a class; it is written where the class is first named in a value.
     *
     * @param type that is not of the class path of this JVM; no array
     * @return null if the class does not travel: the reader has it, or will say that it has not
     * @throws RefusedException when it should travel and cannot
     */
    @Nullable
    String note(Class<?> type);

    /**
     * The variables of jshell that code reads without capturing them; they are sent behind the value that has the code.
     *
     * @param lambdas written in jshell that are in the value
     * @param types those of the value's classes that have a note
     * @throws RefusedException when one of a lambda's cannot be sent
     */
    default List<StaticValue> variables(List<SerializedLambda> lambdas, Set<Class<?>> types) {
        return List.of();
    }

    /** A value cannot be sent for its class; the message says why and what to do. */
    final class RefusedException extends RuntimeException {
        private static final long serialVersionUID = 1;

        /** Says why. */
        public RefusedException(String message) {
            super(message);
        }
    }
}
