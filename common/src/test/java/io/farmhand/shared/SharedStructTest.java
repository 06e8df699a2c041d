package io.farmhand.shared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.farmhand.testing.ChildJvm;
import java.lang.invoke.VarHandle;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** After the behaviours of CPython's {@code _TestSharedCTypes}. */
@Timeout(120)
class SharedStructTest {
    private record Foo(int x, double y, long z) {}

    private record Point(double x, double y) {}

    private record Ship(byte kind, Point at, char mark, Point speed, boolean sunk, short crew, float load, int id,
            long time) {}

    private record Named(int id, Point at, List<String> names) {}

    private record Outer(int id, Named inner) {}

    private record Empty() {}

    private record Picky(int x) {
        Picky {
            if (x < 0) {
                throw new IllegalArgumentException("x=" + x);
            }
        }
    }

    private static Ship ship(int id) {
        return new Ship((byte) -3, new Point(1.5, -2), 'M', new Point(0.25, 1e300), true, (short) -7, 2.5f, id, -1L);
    }

    @Test
    void aRecordChangedByAChildIsSeenByItsParent() throws InterruptedException {
        SharedStruct<Foo> foo = SharedStruct.create(new Foo(3, 2, 1L << 33));
        SharedStructArray<Foo> foos = SharedStructArray.copyOf(Foo.class, List.of(foo.get(), new Foo(1, 0.5, -1)));
        assertThat(ChildJvm.run(() -> {
            System.out.println(foo.get());
            foo.set(doubled(foo.get()));
            for (long i = 0; i < foos.length(); i++) {
                foos.set(i, doubled(foos.get(i)));
            }
        })).containsExactly("Foo[x=3, y=2.0, z=8589934592]");
        assertThat(foo.get()).isEqualTo(new Foo(6, 4, 1L << 34));
        assertThat(foos.toList()).containsExactly(new Foo(6, 4, 1L << 34), new Foo(2, 1, -2));
    }

    private static Foo doubled(Foo foo) {
        return new Foo(foo.x * 2, foo.y * 2, foo.z * 2);
    }

    @Test
    void aRecordOfAllTypesAndOfRecordsComesBackAsItWas() {
        assertThat(SharedStruct.raw(ship(5)).get()).isEqualTo(ship(5));
        SharedStructArray<Ship> ships = SharedStructArray.create(Ship.class, 1000);
        for (int i = 0; i < 1000; i++) {
            ships.set(i, ship(i));
        }
        for (int i = 0; i < 1000; i++) {
            assertThat(ships.get(i)).isEqualTo(ship(i));
        }
    }

    @Test
    void theLayoutIsThatOfC() {
        // struct { int x; double y; long z; } and struct { char; Point; short; Point; char; short; float; int; long; }
        assertThat(SharedStruct.raw(new Foo(1, 2, 3)).layout().byteSize()).isEqualTo(24);
        assertThat(SharedStruct.raw(ship(1)).layout().byteSize())
                .isEqualTo(1 + 7 + 16 + 2 + 6 + 16 + 1 + 1 + 2 + 4 + 4 + 4 + 8);
    }

    @Test
    void aComponentIsReadAndChangedByItsName() {
        SharedStruct<Ship> ship = SharedStruct.create(ship(5));
        VarHandle id = ship.varHandle("id");
        assertThat((int) id.getAndAdd(2)).isEqualTo(5);
        VarHandle speed = ship.varHandle("speed", "x");
        speed.setVolatile(9.0);
        assertThat(ship.get().id()).isEqualTo(7);
        assertThat(ship.get().speed()).isEqualTo(new Point(9, 1e300));
        assertThat(ship.get().at()).isEqualTo(new Point(1.5, -2));
        SharedStructArray<Ship> ships = SharedStructArray.create(Ship.class, 3);
        VarHandle x = ships.varHandle("at", "x");
        x.set(2L, 4.5);
        assertThat(ships.get(2).at()).isEqualTo(new Point(4.5, 0));
        assertThat((double) x.get(1L)).isZero();
        assertThatThrownBy(() -> x.get(3L)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> ship.varHandle("nobody")).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("nobody");
    }

    @Test
    void aComponentThatCannotBeSharedIsNamed() {
        Outer outer = new Outer(1, new Named(1, new Point(1, 2), List.of()));
        assertThatThrownBy(() -> SharedStruct.create(outer)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("component=Outer.inner.names").hasMessageContaining("java.util.List");
        assertThatThrownBy(() -> SharedStructArray.create(Outer.class, 3)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SharedStruct.create(new Empty())).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Empty");
    }

    @Test
    void aRecordsConstructorChecksWhatIsRead() {
        SharedStruct<Picky> picky = SharedStruct.create(new Picky(1));
        picky.varHandle("x").set(-1);
        assertThatThrownBy(picky::get).isInstanceOf(IllegalArgumentException.class).hasMessage("x=-1");
    }

    @Test
    void anIndexOutsideIsAnError() {
        SharedStructArray<Foo> foos = SharedStructArray.create(Foo.class, 3);
        assertThatThrownBy(() -> foos.get(3)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> foos.set(-1, new Foo(1, 2, 3))).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> SharedStructArray.create(Foo.class, -1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void handlesToOneRecordAreOneObject() {
        SharedStruct<Foo> foo = SharedStruct.create(new Foo(3, 2, 1));
        assertThat(ChildJvm.deserialized(ChildJvm.serialized(foo))).isSameAs(foo);
        assertThat(ChildJvm.deserialized(ChildJvm.serialized(foo.lock()))).isSameAs(foo.lock());
    }

    @Test
    void anAccessAfterTheCloseIsAnError() {
        SharedStruct<Foo> foo = SharedStruct.create(new Foo(3, 2, 1));
        VarHandle x = foo.varHandle("x");
        foo.close();
        assertThatThrownBy(foo::get).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> x.set(1)).isInstanceOf(IllegalStateException.class);
    }
}
