package io.farmhand.systemtests;

import io.farmhand.systemtests.SoakAct.Mood;
import io.farmhand.task.Broadcast;
import io.farmhand.task.RemoteFunction;
import java.io.Serializable;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The function of a call of the soak: logs that an item begins, does what its act is, and answers with what only this
 * item's answer can be.
 *
 * @param constant what the answers depend on besides, an array or a broadcast one
 */
record SoakTask(long call, long seed, Mood mood, SideLog log, @Nullable Serializable constant)
        implements
            RemoteFunction<Long, SoakTask.Answer> {

    /**
     * The answer to an item.
     *
     * @param constant the hash of the constant as the worker had it
     */
    record Answer(long call, long index, String load, int constant) implements Serializable {}

    @Override
    public Answer apply(Long index) throws Exception {
        log.append(SoakCall.key(call, index));
        String load = SoakAct.of(mood, seed, index).perform(SoakCall.key(call, index), seed, index);
        return new Answer(call, index, load, constantHash());
    }

    /** Whether an answer is the one of that item. */
    boolean isAnswer(Answer answer, long index) {
        return answer.call() == call && answer.index() == index && answer.constant() == constantHash()
                && answer.load().equals(SoakAct.of(mood, seed, index).load(seed, index));
    }

    private int constantHash() {
        return switch (constant) {
            case byte[] array -> Arrays.hashCode(array);
            case Broadcast<?> broadcast -> Arrays.hashCode((byte[]) broadcast.get());
            case null -> 0;
            default -> throw new IllegalStateException("no constant is a " + constant.getClass());
        };
    }
}
