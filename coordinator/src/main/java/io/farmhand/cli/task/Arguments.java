package io.farmhand.cli.task;

import java.io.Serializable;
import java.util.List;

/** How the arguments of the user's method are made of what was sent for an item. Runs in the workers. */
public sealed interface Arguments extends Serializable
        permits WordArguments, FieldArgument, JsonArgument, BlockArgument {
    /**
     * Makes the arguments.
     *
     * @param sent of a type that this kind knows
     * @param types of the method's parameters
     * @throws IllegalArgumentException when it cannot be read as these; the message says what of it
     * @throws java.io.IOException when it names a file that cannot be read
     */
    Object[] read(Object sent, List<Class<?>> types) throws Exception;
}
