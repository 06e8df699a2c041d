package io.farmhand.internal.shm;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/**
 * Linux's futex: threads of any process that maps a word sleep until another one changes it and wakes them. See
 * {@code man 2 futex}. Where there is none, they look again and again: only what is held for a moment is waited for so.
 */
final class Futex {
    /** Set to {@code false} to do without, as on other systems. */
    private static final String PROPERTY = "farmhand.futex";

    private static final int FUTEX_WAIT = 0;
    private static final int FUTEX_WAKE = 1;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private static final long NUMBER = number();
    private static final @Nullable MethodHandle SYSCALL = NUMBER < 0 ? null : syscall();

    private Futex() {}

    /** Whether this system has it. */
    static boolean isAvailable() {
        return SYSCALL != null;
    }

    /**
     * Sleeps if the word holds that value, until it is woken, the time runs out, a signal comes, or for nothing: the caller
     * looks again at what it waits for.
     *
     * @param word 4 bytes of shared memory, aligned
     * @param timeoutNanos how long to sleep at most; {@link Long#MAX_VALUE} for no limit
     */
    static void await(MemorySegment word, int value, long timeoutNanos) {
        if (timeoutNanos == Long.MAX_VALUE) {
            call(word, FUTEX_WAIT, value, MemorySegment.NULL);
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment timespec = arena.allocate(16, 8);
            timespec.set(JAVA_LONG, 0, timeoutNanos / NANOS_PER_SECOND);
            timespec.set(JAVA_LONG, 8, timeoutNanos % NANOS_PER_SECOND);
            call(word, FUTEX_WAIT, value, timespec);
        }
    }

    /** Wakes at most that many of those who sleep on the word. */
    static void wake(MemorySegment word, int count) {
        call(word, FUTEX_WAKE, count, MemorySegment.NULL);
    }

    @SuppressWarnings("ThreadPriorityCheck") // there is nothing to wait for
    private static void call(MemorySegment word, int operation, int value, MemorySegment timespec) {
        MethodHandle syscall = SYSCALL;
        if (syscall == null) {
            Thread.yield();
            return;
        }
        try {
            // Whatever it says (woken, value changed, interrupted by a signal, timed out), the caller looks again.
            long _ = (long) syscall.invokeExact(NUMBER, word, operation, value, timespec, MemorySegment.NULL, 0);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("a system call throws nothing", e);
        }
    }

    /** The number of the system call, which differs by machine; -1 where there is none that we know. */
    private static long number() {
        if (!System.getProperty("os.name", "").equals("Linux")
                || !Boolean.parseBoolean(System.getProperty(PROPERTY, "true"))) {
            return -1;
        }
        return switch (System.getProperty("os.arch", "")) {
            case "amd64" -> 202;
            case "aarch64", "riscv64", "loongarch64" -> 98;
            default -> -1;
        };
    }

    @SuppressWarnings("restricted") // the signature is that of man 2 syscall
    private static @Nullable MethodHandle syscall() {
        Linker linker = Linker.nativeLinker();
        return linker.defaultLookup().find("syscall").map(address -> linker.downcallHandle(address,
                FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT),
                Linker.Option.firstVariadicArg(1))).orElse(null);
    }
}
