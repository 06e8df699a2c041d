package io.farmhand.bench;

import io.farmhand.JvmProcess;
import io.farmhand.sync.Connection;
import io.farmhand.sync.Pipe;
import io.farmhand.sync.Queue;
import java.io.EOFException;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Objects and bytes that go from process to process. */
public class ChannelBenchmark {
    private static final int MEBIBYTE = 1 << 20;

    private ChannelBenchmark() {}

    /** One process puts, another takes. */
    @State(Scope.Benchmark)
    public static class Items {
        private static final int BATCH = 10_000;
        private static final int NO_MORE = -1;

        private final Queue<Integer> items = Queue.create();
        private final Queue<Integer> wanted = Queue.create();
        private List<JvmProcess> producer = List.of();

        private static void produce(Queue<Integer> items, Queue<Integer> wanted) throws InterruptedException {
            for (int count; (count = wanted.take()) != NO_MORE;) {
                for (int i = 0; i < count; i++) {
                    items.put(i);
                }
            }
        }

        /** Starts the producer. */
        @Setup
        public void start() {
            Queue<Integer> out = items;
            Queue<Integer> in = wanted;
            producer = List.of(JvmProcess.start(() -> produce(out, in)));
        }

        /** Asks for many small items and takes them while they come. */
        @Benchmark
        @OperationsPerInvocation(BATCH)
        public long queue() throws InterruptedException {
            wanted.put(BATCH);
            long sum = 0;
            for (int i = 0; i < BATCH; i++) {
                sum += items.take();
            }
            return sum;
        }

        /** Ends the producer. */
        @TearDown
        public void finish() throws InterruptedException {
            wanted.put(NO_MORE);
            for (JvmProcess process : producer) {
                process.join();
            }
            items.close();
            wanted.close();
        }
    }

    /** A process that sends back what it receives. */
    @State(Scope.Benchmark)
    public static class Echo {
        private final Pipe pipe = Pipe.open();
        private List<JvmProcess> other = List.of();
        private int sent;

        private static void echo(Connection end) throws Exception {
            try {
                while (true) {
                    end.send(end.receive());
                }
            } catch (EOFException e) {
                end.close();
            }
        }

        /** Starts it. */
        @Setup
        public void start() {
            Connection end = pipe.second();
            other = List.of(JvmProcess.start(() -> echo(end)));
        }

        /** A small object goes there and comes back. */
        @Benchmark
        public Object pipeRoundTrip() throws Exception {
            pipe.first().send(sent++);
            return pipe.first().receive(Integer.class);
        }

        /** Ends it. */
        @TearDown
        public void finish() throws InterruptedException {
            pipe.first().close();
            for (JvmProcess process : other) {
                process.join();
            }
        }
    }

    /** A process that receives large messages. */
    @State(Scope.Benchmark)
    public static class Sink {
        private static final int BATCH = 100;

        private final Pipe pipe = Pipe.open();
        private final byte[] message = new byte[MEBIBYTE];
        private List<JvmProcess> other = List.of();

        private static void swallow(Connection end) throws Exception {
            while (true) {
                byte[] message = end.receiveBytes();
                if (message.length < MEBIBYTE) {
                    end.sendBytes(message);
                    if (message.length == 0) {
                        return;
                    }
                }
            }
        }

        /** Starts it. */
        @Setup
        public void start() {
            Connection end = pipe.second();
            other = List.of(JvmProcess.start(() -> swallow(end)));
        }

        /** Messages of 1 MiB go there, and one small one comes back. */
        @Benchmark
        @OperationsPerInvocation(BATCH)
        public byte[] pipeMebibytes() throws Exception {
            for (int i = 0; i < BATCH; i++) {
                pipe.first().sendBytes(message);
            }
            pipe.first().sendBytes(new byte[]{1});
            return pipe.first().receiveBytes();
        }

        /** Ends it. */
        @TearDown
        public void finish() throws Exception {
            pipe.first().sendBytes(new byte[0]);
            byte[] _ = pipe.first().receiveBytes();
            for (JvmProcess process : other) {
                process.join();
            }
            pipe.first().close();
        }
    }
}
