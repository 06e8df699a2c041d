package io.farmhand.systemtests;

import com.google.errorprone.annotations.FormatMethod;
import io.farmhand.Result;
import io.farmhand.TaskTimeoutException;
import io.farmhand.WorkerCrashedException;
import io.farmhand.systemtests.SoakAct.Faltered;
import io.farmhand.systemtests.SoakAct.Refused;
import io.farmhand.systemtests.SoakAct.Scripted;
import io.farmhand.systemtests.SoakTask.Answer;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * One call of the soak: what was asked for, and whether what came of it is what may come of it. Failures that its
 * items' acts do not lead to are kept for the ledger, which knows what was done to workers.
 *
 * <p>The thread that makes the call owns it; others pull its input.
 */
final class SoakCall {
    private static final int INDEX_BITS = 24;

    private final String name;
    private final SoakTask task;
    private final SoakPlan plan;
    private final AtomicLong sent = new AtomicLong();
    private final BitSet answered = new BitSet();
    private final Queue<Stream<?>> left = new ConcurrentLinkedQueue<>();
    private final Queue<Suspicion> suspicions = new ConcurrentLinkedQueue<>();
    private final Map<String, Integer> outcomes = new ConcurrentHashMap<>();
    private volatile boolean over;

    /**
     * A failure that has to come of what was done to a worker.
     *
     * @param index the item's, or -1 for all of the call
     */
    record Suspicion(SoakCall call, long index, Throwable error) {}

    SoakCall(String name, SoakTask task, SoakPlan plan) {
        this.name = name;
        this.task = task;
        this.plan = plan;
    }

    /** An item in the side log. */
    static long key(long call, long index) {
        return call << INDEX_BITS | index;
    }

    static long callOf(long key) {
        return key >>> INDEX_BITS;
    }

    static long indexOf(long key) {
        return key & ((1L << INDEX_BITS) - 1);
    }

    SoakTask task() {
        return task;
    }

    SoakPlan plan() {
        return plan;
    }

    SoakAct act(long index) {
        return SoakAct.of(task.mood(), task.seed(), index);
    }

    Queue<Suspicion> suspicions() {
        return suspicions;
    }

    /** Whoever made the call has what comes of it. */
    void over() {
        over = true;
    }

    boolean isOver() {
        return over;
    }

    /** How often which came. */
    Map<String, Integer> outcomes() {
        return outcomes;
    }

    // ---- the input ----

    /** How many items have been handed to the pool. */
    long sent() {
        return sent.get();
    }

    /** The whole input at once. */
    List<Long> list() {
        sent.set(plan.items());
        return LongStream.range(0, plan.items()).boxed().toList();
    }

    /** The input one by one. */
    Stream<Long> stream() {
        return LongStream.range(0, plan.items()).peek(index -> sent.set(index + 1)).boxed();
    }

    /** An input without an end. */
    Stream<Long> endless() {
        return LongStream.iterate(0, index -> index + 1).peek(index -> sent.set(index + 1)).boxed();
    }

    /** One item by itself. */
    <R> R single(long index, LongFunction<R> submit) {
        sent.accumulateAndGet(index + 1, Math::max);
        return submit.apply(index);
    }

    /** Leaves a stream open until all is quiet. */
    void leave(Stream<?> stream) {
        left.add(stream);
    }

    void closeWhatWasLeft() {
        left.forEach(Stream::close);
    }

    // ---- what came of it ----

    /** An answer came; where order is kept, as the next. */
    void answer(Answer answer, long index) {
        check(task.isAnswer(answer, index), "item %d was answered with call=%d index=%d length=%d", index,
                answer.call(), answer.index(), answer.load().length());
        check(act(index).mayAnswer(plan), "item %d has an answer, but its act is %s", index, act(index));
        check(index < sent(), "item %d has an answer, but %d were sent", index, sent());
        check(!answered.get((int) index), "item %d was answered twice", index);
        answered.set((int) index);
        outcomes.merge("answers", 1, Integer::sum);
    }

    /** An answer came, in whatever order. */
    void answer(Answer answer) {
        answer(answer, answer.index());
    }

    void answers(List<Answer> all, long first) {
        for (int i = 0; i < all.size(); i++) {
            answer(all.get(i), first + i);
        }
    }

    void result(Result<Answer> result, long index) {
        check(result.index() == index, "the result of item %d came in the place of %d", result.index(), index);
        switch (result) {
            case Result.Success<Answer> success -> {
                answer(success.value(), index);
                check((act(index) != SoakAct.FALTER && act(index) != SoakAct.DIE_ONCE) || success.attempts() > 1,
                        "item %d has an answer after %d attempts, but its act is %s", index, success.attempts(),
                        act(index));
            }
            case Result.Failure<Answer> failure -> {
                itemFailed(failure.error(), index);
                check(!(failure.error() instanceof Faltered) || failure.attempts() > plan.retries(),
                        "item %d was given up after %d attempts", index, failure.attempts());
            }
        }
    }

    /** All items that were sent are answered. */
    void complete(long expected) {
        check(answered.cardinality() == expected, "%d of %d items were answered", answered.cardinality(), expected);
    }

    /** The item alone failed. */
    void itemFailed(Throwable error, long index) {
        SoakAct act = act(index);
        check(!answered.get((int) index), "item %d failed after its answer: %s", index, error);
        boolean asWritten = switch (error) {
            case Refused refused -> refused.key() == key(task.call(), index) && act == SoakAct.REFUSE;
            case Faltered faltered -> faltered.key() == key(task.call(), index)
                    && (act == SoakAct.GIVE_UP || (act == SoakAct.FALTER && plan.retries() == 0));
            case WorkerCrashedException _ -> act == SoakAct.DIE || (act == SoakAct.DIE_ONCE && !act.mayAnswer(plan));
            case TaskTimeoutException _ -> (act == SoakAct.HANG || act == SoakAct.IGNORE) && plan.timeoutMillis() > 0;
            default -> false;
        };
        outcomes.merge(error.getClass().getSimpleName(), 1, Integer::sum);
        if (!asWritten) {
            suspect(error, index);
        }
    }

    /**
     * The call failed with what must be its first failure by item order.
     *
     * @param answers how many answers came before it, or -1 when none could
     */
    void failed(Throwable error, long answers) {
        long index = failedIndex(error);
        if (index < 0) {
            suspect(error, index);
            return;
        }
        check(index < sent(), "item %d failed, but %d were sent", index, sent());
        check(answers < 0 || answers == index, "item %d failed after %d answers", index, answers);
        for (long before = 0; before < index; before++) {
            check(act(before).mayAnswer(plan), "the call failed with item %d (%s), but item %d is to %s", index, error,
                    before, act(before));
        }
        itemFailed(error, index);
    }

    /** The call failed with whichever of its failures came first. */
    void failedSomewhere(Throwable error) {
        long index = failedIndex(error);
        if (index < 0) {
            suspect(error, index);
        } else {
            check(index < sent(), "item %d failed, but %d were sent", index, sent());
            itemFailed(error, index);
        }
    }

    /** Which item an error is about, by its own account; -1 for none. */
    private long failedIndex(Throwable error) {
        return switch (error) {
            case Scripted scripted -> indexOf(scripted.key());
            case WorkerCrashedException crash -> crash.index();
            case TaskTimeoutException timeout -> timeout.index();
            default -> throw new AssertionError(this + " failed with what is not its own", error);
        };
    }

    private void suspect(Throwable error, long index) {
        if (error instanceof WorkerCrashedException || error instanceof TaskTimeoutException) {
            outcomes.merge("of strikes", 1, Integer::sum);
            suspicions.add(new Suspicion(this, index, error));
        } else {
            throw new AssertionError("%s: item %d is to %s, but failed with %s".formatted(this, index, act(index),
                    error), error);
        }
    }

    @FormatMethod
    void check(boolean condition, String message, Object... values) {
        if (!condition) {
            throw new AssertionError(this + ": " + message.formatted(values));
        }
    }

    @Override
    public String toString() {
        return "%s call=%d %s".formatted(name, task.call(), plan);
    }
}
