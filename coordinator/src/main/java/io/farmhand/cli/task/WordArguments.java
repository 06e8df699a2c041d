package io.farmhand.cli.task;

import java.io.IOException;
import java.util.List;

/** Words: one string for one parameter, or as many as there are parameters. */
public record WordArguments() implements Arguments {
    @Override
    public Object[] read(Object sent, List<Class<?>> types) throws IOException {
        String[] words = sent instanceof String[] several ? several : new String[]{(String) sent};
        Object[] arguments = new Object[types.size()];
        for (int i = 0; i < types.size(); i++) {
            arguments[i] = InputKind.of(types.get(i)).orElseThrow().read(words[i]);
        }
        return arguments;
    }
}
