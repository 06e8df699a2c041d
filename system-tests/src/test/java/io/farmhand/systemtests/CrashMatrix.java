package io.farmhand.systemtests;

import io.farmhand.Pool;
import io.farmhand.systemtests.Bomb.Fault;
import io.farmhand.systemtests.Bomb.Trigger;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;

/** The cells of the crash matrix: what goes wrong, where, in which call. */
record CrashMatrix(Fault fault, Stage stage, Call call) {
    /** Where it goes wrong. */
    enum Stage {
        ARGUMENT_SERIALIZE,
        ARGUMENT_DESERIALIZE,
        RUN,
        RESULT_SERIALIZE,
        RESULT_DESERIALIZE;

        /** Whether that is in the caller's own process. */
        boolean isCallers() {
            return this == ARGUMENT_SERIALIZE || this == RESULT_DESERIALIZE;
        }
    }

    /** In which call. */
    enum Call {
        MAP,
        IMAP,
        SUBMIT
    }

    static List<CrashMatrix> all() {
        List<CrashMatrix> cells = new ArrayList<>();
        for (Fault fault : Fault.values()) {
            for (Stage stage : Stage.values()) {
                for (Call call : Call.values()) {
                    cells.add(new CrashMatrix(fault, stage, call));
                }
            }
        }
        return cells;
    }

    /** Makes the call; throws what the call ends with. */
    Object strike(Pool pool) throws Throwable {
        Object argument = switch (stage) {
            case ARGUMENT_SERIALIZE -> new Bomb(fault, Trigger.WRITING);
            case ARGUMENT_DESERIALIZE -> new Bomb(fault, Trigger.READING);
            case RUN, RESULT_SERIALIZE, RESULT_DESERIALIZE -> "harmless";
        };
        Stage where = stage;
        Fault what = fault;
        return switch (call) {
            case MAP -> pool.map(item -> run(where, what), List.of(argument));
            case IMAP -> {
                try (Stream<Object> results = pool.imap(item -> run(where, what), List.of(argument))) {
                    yield results.toList();
                }
            }
            case SUBMIT -> {
                try {
                    yield pool.submit(() -> argument.getClass() == null ? "" : run(where, what)).get();
                } catch (ExecutionException e) {
                    throw e.getCause();
                }
            }
        };
    }

    private static Object run(Stage stage, Fault fault) {
        return switch (stage) {
            case RUN -> {
                fault.strike();
                yield "survived";
            }
            case RESULT_SERIALIZE -> new Bomb(fault, Trigger.WRITING);
            case RESULT_DESERIALIZE -> new Bomb(fault, Trigger.READING);
            case ARGUMENT_SERIALIZE, ARGUMENT_DESERIALIZE -> "survived";
        };
    }

    @Override
    public String toString() {
        return fault + " in " + stage + " of " + call;
    }
}
