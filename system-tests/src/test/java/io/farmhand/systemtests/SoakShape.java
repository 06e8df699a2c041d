package io.farmhand.systemtests;

import io.farmhand.Pool;
import io.farmhand.Result;
import io.farmhand.systemtests.SoakTask.Answer;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The ways to call a pool, each with what it promises. */
enum SoakShape {
    MAP {
        @Override
        void run(Pool pool, SoakCall call, SplittableRandom random) {
            List<Answer> answers;
            try {
                answers = random.nextBoolean()
                        ? pool.map(call.task(), call.list())
                        : pool.map(call.task(), call
                                .stream());
            } catch (RuntimeException e) {
                call.failed(e, -1);
                return;
            }
            call.answers(answers, 0);
            call.complete(call.plan().items());
        }
    },
    MAP_RESULTS {
        @Override
        void run(Pool pool, SoakCall call, SplittableRandom random) {
            List<Result<Answer>> results = pool.mapResults(call.task(), call.stream());
            for (int i = 0; i < results.size(); i++) {
                call.result(results.get(i), i);
            }
            call.check(results.size() == call.plan().items(), "there are %d results", results.size());
        }
    },
    MAP_CANCELLED {
        @Override
        void run(Pool pool, SoakCall call, SplittableRandom random) throws InterruptedException {
            CompletableFuture<List<Answer>> future = pool.mapAsync(call.task(), call.stream());
            rest(random);
            future.cancel(true);
            try {
                call.answers(future.join(), 0);
                call.complete(call.plan().items());
            } catch (CancellationException _) {
                // as it should be
            } catch (RuntimeException e) {
                call.failed(e.getCause() == null ? e : e.getCause(), -1);
            }
        }

        @Override
        boolean cancels() {
            return true;
        }
    },
    MAP_INTERRUPTED {
        @Override
        void run(Pool pool, SoakCall call, SplittableRandom random) throws InterruptedException {
            CompletableFuture<Void> outcome = new CompletableFuture<>();
            Thread caller = Thread.ofVirtual().start(() -> {
                try {
                    List<Answer> answers = pool.map(call.task(), call.stream());
                    call.answers(answers, 0);
                    outcome.complete(null);
                } catch (CancellationException e) {
                    call.check(Thread.currentThread().isInterrupted(), "the interrupt was swallowed");
                    outcome.complete(null);
                } catch (Throwable e) {
                    outcome.completeExceptionally(e);
                }
            });
            rest(random);
            caller.interrupt();
            caller.join();
            try {
                outcome.get();
            } catch (ExecutionException e) {
                call.failed(e.getCause(), -1);
            }
        }

        @Override
        boolean cancels() {
            return true;
        }
    },
    IMAP {
        @Override
        void run(Pool pool, SoakCall call, SplittableRandom random) {
            try (Stream<Answer> answers = pool.imap(call.task(), call.stream())) {
                readInOrder(answers, call, random.nextInt(8) == 0 ? random : null, call.plan().items());
            }
        }
    },
    IMAP_RESULTS {
        @Override
        void run(Pool pool, SoakCall call, SplittableRandom random) {
            long count = 0;
            try (Stream<Result<Answer>> results = pool.imapResults(call.task(), call.stream())) {
                for (Iterator<Result<Answer>> each = results.iterator(); each.hasNext(); count++) {
                    call.result(each.next(), count);
                }
            }
            call.check(count == call.plan().items(), "there are %d results", count);
        }
    },
    IMAP_UNORDERED {
        @Override
        void run(Pool pool, SoakCall call, SplittableRandom random) {
            try (Stream<Answer> answers = pool.imapUnordered(call.task(), call.stream())) {
                readInAnyOrder(answers, call);
            }
        }
    },
    /** Of an endless input the first are read, or none; then the stream is closed. */
    IMAP_PARTLY {
        @Override
        void run(Pool pool, SoakCall call, SplittableRandom random) {
            long most = random.nextInt(5) == 0 ? 0 : call.plan().items();
            try (Stream<Answer> answers = random.nextBoolean()
                    ? pool.imap(call.task(), call.endless())
                    : pool.imap(call.task(), call.endless(), random.nextInt(1, 20))) {
                readInOrder(answers.limit(most), call, null, most);
            }
        }

        @Override
        boolean isEndless() {
            return true;
        }
    },
    /** Of an endless input the first are read, and then nobody reads on, nor closes the stream before all is quiet. */
    IMAP_LEFT {
        @Override
        void run(Pool pool, SoakCall call, SplittableRandom random) {
            Stream<Answer> answers = pool.imap(call.task(), call.endless());
            call.leave(answers);
            Iterator<Answer> each = answers.iterator();
            for (long i = 0; i < call.plan().items(); i++) {
                Answer answer;
                try {
                    answer = each.next();
                } catch (RuntimeException e) {
                    call.failed(e, i);
                    return;
                }
                call.answer(answer, i);
            }
        }

        @Override
        boolean isEndless() {
            return true;
        }
    },
    SUBMIT {
        @Override
        void run(Pool pool, SoakCall call, SplittableRandom random) throws InterruptedException {
            List<Future<Answer>> futures = new ArrayList<>();
            for (long i = 0; i < call.plan().items(); i++) {
                SoakTask task = call.task();
                futures.add(call.single(i, index -> pool.submit(() -> task.apply(index))));
            }
            boolean[] cancelled = new boolean[futures.size()];
            if (random.nextInt(3) == 0) {
                rest(random);
                for (int i = 0; i < cancelled.length; i++) {
                    cancelled[i] = random.nextInt(4) == 0 && futures.get(i).cancel(true);
                }
            }
            for (int i = 0; i < cancelled.length; i++) {
                outcome(futures.get(i), call, i, cancelled[i]);
            }
        }

        @Override
        boolean sendsFunctionOnce() {
            return false;
        }
    },
    EXECUTOR {
        @Override
        void run(Pool pool, SoakCall call, SplittableRandom random) throws InterruptedException {
            ExecutorService executor = pool.asExecutorService();
            List<Callable<Answer>> tasks = new ArrayList<>();
            for (long i = 0; i < call.plan().items(); i++) {
                SoakTask task = call.task();
                tasks.add(call.single(i, index -> (Callable<Answer> & Serializable) () -> task.apply(index)));
            }
            List<Future<Answer>> futures = executor.invokeAll(tasks);
            for (int i = 0; i < futures.size(); i++) {
                call.check(futures.get(i).isDone(), "task %d is not done", i);
                outcome(futures.get(i), call, i, false);
            }
            executor.shutdown();
            call.check(executor.awaitTermination(1, TimeUnit.MINUTES), "the executor does not end");
        }

        @Override
        boolean sendsFunctionOnce() {
            return false;
        }
    },
    GATHER {
        @Override
        void run(Pool pool, SoakCall call, SplittableRandom random) {
            try (Stream<Long> input = call.stream()) {
                readInOrder(input.gather(pool.mapping(call.task())), call, null, call.plan().items());
            }
        }
    },
    GATHER_UNORDERED {
        @Override
        void run(Pool pool, SoakCall call, SplittableRandom random) {
            try (Stream<Long> input = call.stream()) {
                readInAnyOrder(input.gather(pool.mappingUnordered(call.task())), call);
            }
        }
    },
    /** Of an endless input, where downstream has enough after some. */
    GATHER_PARTLY {
        @Override
        void run(Pool pool, SoakCall call, SplittableRandom random) {
            SoakTask task = call.task();
            long most = call.plan().items();
            AtomicLong count = new AtomicLong();
            try (Stream<Long> input = call.endless()) {
                Stream<Answer> twice = input.gather(pool.<Long, Answer>flatMapping(index -> {
                    Answer answer = task.apply(index);
                    return List.of(answer, answer);
                }));
                readInOrder(twice.filter(_ -> count.getAndIncrement() % 2 == 0).limit(most), call, null, most);
            }
        }

        @Override
        boolean isEndless() {
            return true;
        }
    };

    private static final int LONGEST_REST_MILLIS = 200;

    /** Whether the input has no end, so that the call has to get so far as it likes. */
    boolean isEndless() {
        return false;
    }

    /** Whether the function travels once, and not with each item. */
    boolean sendsFunctionOnce() {
        return true;
    }

    /** Whether such a call ends though its items do not. */
    boolean cancels() {
        return false;
    }

    /** Makes the call and checks what comes of it, with an error that says what is wrong. */
    abstract void run(Pool pool, SoakCall call, SplittableRandom random) throws InterruptedException;

    /**
     * Reads all, pushed by the stream: an iterator would lose what the JDK has put by when an error comes.
     *
     * @param slowly by whose lots the reader rests now and then
     * @param expected how many there are if all goes well
     */
    private static void readInOrder(Stream<Answer> answers, SoakCall call, @Nullable SplittableRandom slowly,
            long expected) {
        AtomicLong count = new AtomicLong();
        try {
            answers.forEachOrdered(answer -> {
                call.answer(answer, count.getAndIncrement());
                if (slowly != null && count.get() % 10 == 0) {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(slowly.nextInt(LONGEST_REST_MILLIS)));
                }
            });
        } catch (RuntimeException e) {
            call.failed(e, count.get());
            return;
        }
        call.complete(expected);
    }

    private static void readInAnyOrder(Stream<Answer> answers, SoakCall call) {
        try {
            answers.forEach(call::answer);
        } catch (RuntimeException e) {
            call.failedSomewhere(e);
            return;
        }
        call.complete(call.plan().items());
    }

    private static void rest(SplittableRandom random) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(random.nextInt(LONGEST_REST_MILLIS));
    }

    private static void outcome(Future<Answer> future, SoakCall call, int index, boolean cancelled)
            throws InterruptedException {
        try {
            call.answer(future.get(), index);
        } catch (ExecutionException e) {
            call.itemFailed(e.getCause(), index);
        } catch (CancellationException e) {
            call.check(cancelled, "item %d was cancelled by nobody", index);
        }
    }
}
