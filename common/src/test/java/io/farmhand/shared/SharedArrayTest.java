package io.farmhand.shared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.farmhand.testing.ChildJvm;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** After the behaviours of CPython's {@code _TestArray}. */
@Timeout(120)
class SharedArrayTest {
    @Test
    void anArrayChangedByAChildIsSeenByItsParent() throws InterruptedException {
        SharedIntArray array = SharedIntArray.of(680, 626, 934, 821, 150, 233, 548, 982, 714, 831);
        ChildJvm.run(() -> {
            for (long i = 1; i < array.length(); i++) {
                array.set(i, array.get(i) + array.get(i - 1));
            }
        });
        assertThat(array.toArray()).containsExactly(680, 1306, 2240, 3061, 3211, 3444, 3992, 4974, 5688, 6519);
    }

    @Test
    void anArrayOfASizeIsAllZero() {
        assertThat(SharedIntArray.create(10).toArray()).containsOnly(0).hasSize(10);
        assertThat(SharedDoubleArray.create(10_000).stream().sum()).isZero();
        assertThat(SharedBooleanArray.create(3).toArray()).containsExactly(false, false, false);
        assertThat(SharedByteArray.create(0).toArray()).isEmpty();
    }

    @Test
    void eachTypeKeepsItsValues() {
        byte[] b = {1, Byte.MIN_VALUE, Byte.MAX_VALUE};
        short[] h = {1, Short.MIN_VALUE, Short.MAX_VALUE};
        char[] u = {'a', '\0', '\uffff'};
        int[] i = {1, Integer.MIN_VALUE, Integer.MAX_VALUE};
        long[] q = {1, Long.MIN_VALUE, Long.MAX_VALUE};
        float[] f = {1.5f, Float.NaN, Float.NEGATIVE_INFINITY};
        double[] d = {1.5, Double.NaN, Double.MIN_VALUE};
        boolean[] z = {true, false, true};
        assertThat(SharedByteArray.of(b).toArray()).isEqualTo(b);
        assertThat(SharedShortArray.of(h).toArray()).isEqualTo(h);
        assertThat(SharedCharArray.of(u).toArray()).isEqualTo(u);
        assertThat(SharedIntArray.of(i).toArray()).isEqualTo(i);
        assertThat(SharedLongArray.of(q).toArray()).isEqualTo(q);
        assertThat(SharedFloatArray.of(f).toArray()).isEqualTo(f);
        assertThat(SharedDoubleArray.of(d).toArray()).isEqualTo(d);
        assertThat(SharedBooleanArray.of(z).toArray()).isEqualTo(z);
        assertThat(SharedShortArray.of(h).get(1)).isEqualTo(Short.MIN_VALUE);
        assertThat(SharedCharArray.of(u).get(2)).isEqualTo('\uffff');
        assertThat(SharedFloatArray.of(f).get(2)).isEqualTo(Float.NEGATIVE_INFINITY);
        assertThat(SharedBooleanArray.of(z).getVolatile(2)).isTrue();
    }

    @Test
    void rangesAreCopiedBothWays() {
        SharedLongArray array = SharedLongArray.create(6);
        array.copyFrom(2, new long[]{9, 1, 2, 3}, 1, 3);
        assertThat(array.toArray()).containsExactly(0, 0, 1, 2, 3, 0);
        long[] target = new long[4];
        array.copyTo(3, target, 1, 2);
        assertThat(target).containsExactly(0, 2, 3, 0);
        SharedBooleanArray flags = SharedBooleanArray.create(4);
        flags.copyFrom(1, new boolean[]{false, true, true}, 1, 2);
        assertThat(flags.toArray()).containsExactly(false, true, true, false);
    }

    @Test
    void fillSetsAllElements() {
        SharedDoubleArray array = SharedDoubleArray.create(1000);
        array.fill(2.5);
        assertThat(array.stream()).hasSize(1000).containsOnly(2.5);
        SharedCharArray text = SharedCharArray.create(3);
        text.fill('x');
        assertThat(new String(text.toArray())).isEqualTo("xxx");
    }

    @Test
    void anIndexOutsideIsAnErrorThatNamesBoth() {
        SharedIntArray array = SharedIntArray.of(1, 2, 3);
        for (long index : new long[]{-1, 3, Long.MAX_VALUE, Long.MIN_VALUE, 1L << 62, (1L << 32)}) {
            assertThatThrownBy(() -> array.get(index)).isInstanceOf(IndexOutOfBoundsException.class)
                    .hasMessageContaining(Long.toString(index)).hasMessageContaining("3");
            assertThatThrownBy(() -> array.set(index, 1)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> array.getAndAdd(index, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        }
        assertThatThrownBy(() -> array.copyTo(1, new int[5], 0, 3)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> array.copyTo(0, new int[2], 0, 3)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> array.copyFrom(0, new int[5], 3, 3)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThat(array.toArray()).containsExactly(1, 2, 3);
    }

    @Test
    void aLengthThatCannotBeIsRefused() {
        for (long length : new long[]{-1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 61}) {
            assertThatThrownBy(() -> SharedLongArray.create(length)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("length=" + length);
        }
    }

    @Test
    void elementsAreChangedAtomically() throws InterruptedException {
        SharedIntArray i = SharedIntArray.raw(3);
        SharedLongArray q = SharedLongArray.raw(3);
        SharedFloatArray f = SharedFloatArray.raw(3);
        SharedDoubleArray d = SharedDoubleArray.raw(3);
        int rounds = 20_000;
        try (ChildJvm child = ChildJvm.start(() -> add(i, q, f, d, rounds))) {
            add(i, q, f, d, rounds);
            child.awaitSuccess();
        }
        assertThat(i.toArray()).containsExactly(0, 2 * rounds, 0);
        assertThat(q.toArray()).containsExactly(0, 2L * rounds, 0);
        assertThat(f.toArray()).containsExactly(0, 2 * rounds, 0);
        assertThat(d.toArray()).containsExactly(0, 2 * rounds, 0);
        assertThat(i.compareAndSet(0, 0, 5)).isTrue();
        assertThat(q.getAndSet(0, 5)).isZero();
        assertThat(d.compareAndSet(0, 1, 5)).isFalse();
    }

    private static void add(SharedIntArray i, SharedLongArray q, SharedFloatArray f, SharedDoubleArray d, int rounds) {
        for (int round = 0; round < rounds; round++) {
            i.getAndAdd(1, 1);
            q.addAndGet(1, 1);
            f.getAndAdd(1, 1);
            d.addAndGet(1, 1);
        }
    }

    @Test
    void aLargeArrayHasALockToo() throws InterruptedException {
        SharedLongArray array = SharedLongArray.create(100_000);
        array.set(99_999, 7);
        array.lock().lock();
        try {
            assertThat(ChildJvm.run(() -> System.out.println(array.get(99_999) + " " + array.lock().tryLock())))
                    .containsExactly("7 false");
        } finally {
            array.lock().unlock();
        }
        assertThat(ChildJvm.run(() -> System.out.println(array.lock().tryLock()))).containsExactly("true");
    }

    @Test
    void aRawArrayHasNoLock() {
        assertThatThrownBy(SharedIntArray.raw(3)::lock).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void handlesToOneArrayAreOneObject() {
        SharedDoubleArray array = SharedDoubleArray.create(3);
        assertThat(ChildJvm.deserialized(ChildJvm.serialized(List.of(array, array)))).isEqualTo(List.of(array, array));
    }

    @Test
    void itsSegmentIsItsMemory() {
        SharedShortArray array = SharedShortArray.of((short) 1, (short) 2);
        assertThat(array.segment().byteSize()).isEqualTo(4);
        array.segment().setAtIndex(ValueLayout.JAVA_SHORT, 1, (short) 5);
        assertThat(array.get(1)).isEqualTo((short) 5);
    }

    @Test
    void anAccessAfterTheCloseIsAnError() {
        for (long length : new long[]{3, 100_000}) {
            SharedIntArray array = SharedIntArray.create(length);
            array.close();
            assertThatThrownBy(() -> array.get(1)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> array.fill(1)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(array::toArray).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void anArrayLongerThanAnIntCanCountWorks() throws InterruptedException {
        long length = (1L << 31) + 8;
        try (SharedByteArray array = SharedByteArray.create(length)) {
            assertThat(array.length()).isEqualTo(length);
            array.set(length - 1, (byte) 7);
            assertThat(ChildJvm.run(() -> {
                System.out.println(array.length() + " " + array.get(array.length() - 1) + " "
                        + array.get(Integer.MAX_VALUE));
                array.set(0, (byte) 8);
            })).containsExactly(length + " 7 0");
            assertThat(array.get(0)).isEqualTo((byte) 8);
            assertThatThrownBy(array::toArray).isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("length=" + length);
            assertThat(LongStream.of(0, length - 1).map(array::get).sum()).isEqualTo(15);
        }
    }
}
