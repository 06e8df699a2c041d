"""The sync cases of Farmhand's bench, in Python's multiprocessing: python3 sync.py CASE prints nanoseconds per operation.

Each case does what the JMH benchmark of the same name does: it warms up, measures several stretches of time of about the
same length, and prints their median.
"""

import multiprocessing as mp
import statistics
import sys
import time

STRETCH_SECONDS = 0.3
STRETCHES = 5
PROCESSES = 4
MEBIBYTE = 1 << 20


def nanos_per_operation(operations):
    """The median of some stretches; operations(n) does n of them."""
    count = 1
    while True:
        start = time.perf_counter()
        operations(count)
        seconds = time.perf_counter() - start
        if seconds > STRETCH_SECONDS / 4:
            break
        count *= 2
    count = max(1, int(count * STRETCH_SECONDS / seconds))
    measured = []
    for _ in range(STRETCHES):
        start = time.perf_counter_ns()
        operations(count)
        measured.append((time.perf_counter_ns() - start) / count)
    return statistics.median(measured)


def locked_increment():
    value = mp.Value("q", 0)

    def increment(count):
        for _ in range(count):
            with value.get_lock():
                value.value += 1

    return nanos_per_operation(increment)


def locked_increment_by_four():
    """Nanoseconds for each increment of all, while four processes increment as fast as they can."""
    value = mp.Value("q", 0)
    barrier = mp.Barrier(PROCESSES + 1)
    per_process = 50_000

    def process():
        for _ in range(1 + STRETCHES):
            barrier.wait()
            for _ in range(per_process):
                with value.get_lock():
                    value.value += 1
            barrier.wait()

    children = [mp.Process(target=process, daemon=True) for _ in range(PROCESSES)]
    for child in children:
        child.start()
    measured = []
    for _ in range(1 + STRETCHES):
        barrier.wait()
        start = time.perf_counter_ns()
        barrier.wait()
        measured.append((time.perf_counter_ns() - start) / (PROCESSES * per_process))
    for child in children:
        child.join()
    expected = (1 + STRETCHES) * PROCESSES * per_process
    assert value.value == expected, (value.value, expected)
    return statistics.median(measured[1:])


def lock():
    held = mp.Lock()

    def turns(count):
        for _ in range(count):
            held.acquire()
            held.release()

    return nanos_per_operation(turns)


def rlock():
    held = mp.RLock()

    def turns(count):
        for _ in range(count):
            held.acquire()
            held.release()

    return nanos_per_operation(turns)


def semaphore():
    permits = mp.Semaphore(3)

    def turns(count):
        for _ in range(count):
            permits.acquire()
            permits.release()

    return nanos_per_operation(turns)


def event():
    flag = mp.Event()

    def turns(count):
        for _ in range(count):
            flag.set()
            flag.is_set()
            flag.clear()

    return nanos_per_operation(turns)


def condition_round_trip():
    """One process hands a turn to another and gets it back."""
    condition = mp.Condition()
    turn = mp.Value("q", 0, lock=False)

    def other():
        with condition:
            while True:
                condition.wait_for(lambda: turn.value != 0)
                if turn.value < 0:
                    return
                turn.value = 0
                condition.notify()

    child = mp.Process(target=other, daemon=True)
    child.start()

    def turns(count):
        for _ in range(count):
            with condition:
                turn.value = 1
                condition.notify()
                condition.wait_for(lambda: turn.value == 0)

    nanos = nanos_per_operation(turns)
    with condition:
        turn.value = -1
        condition.notify()
    child.join()
    return nanos


def barrier_round():
    """Four processes meet again and again."""
    barrier = mp.Barrier(PROCESSES)
    last = mp.Value("q", sys.maxsize, lock=False)  # which round is the last one

    def other():
        number = 1
        while number <= last.value:
            barrier.wait()
            number += 1

    children = [mp.Process(target=other, daemon=True) for _ in range(PROCESSES - 1)]
    for child in children:
        child.start()
    done = 0

    def rounds(count):
        nonlocal done
        for _ in range(count):
            barrier.wait()
        done += count

    nanos = nanos_per_operation(rounds)
    last.value = done + 1
    barrier.wait()
    for child in children:
        child.join()
    return nanos


def queue():
    """One process puts small items as fast as it can, another takes them."""
    items = mp.Queue()
    wanted = mp.Queue()

    def producer():
        while True:
            count = wanted.get()
            if count is None:
                return
            for i in range(count):
                items.put(i)

    child = mp.Process(target=producer, daemon=True)
    child.start()

    def take(count):
        wanted.put(count)
        for _ in range(count):
            items.get()

    nanos = nanos_per_operation(take)
    wanted.put(None)
    child.join()
    return nanos


def echo(end):
    try:
        while True:
            end.send(end.recv())
    except EOFError:
        pass


def pipe_round_trip():
    """A small object goes to another process and comes back."""
    mine, other = mp.Pipe()
    child = mp.Process(target=echo, args=(other,), daemon=True)
    child.start()
    other.close()

    def trips(count):
        for i in range(count):
            mine.send(i)
            mine.recv()

    nanos = nanos_per_operation(trips)
    child.terminate()
    child.join()
    return nanos


def pipe_mebibytes():
    """Messages of 1 MiB of bytes go to another process, one way."""
    mine, other = mp.Pipe()

    def sink():
        while True:
            message = other.recv_bytes()
            if len(message) < MEBIBYTE:
                other.send_bytes(message)
                if not message:
                    return

    child = mp.Process(target=sink, daemon=True)
    child.start()
    message = bytes(MEBIBYTE)

    def messages(count):
        for _ in range(count):
            mine.send_bytes(message)
        mine.send_bytes(b"all")
        mine.recv_bytes()

    nanos = nanos_per_operation(messages)
    mine.send_bytes(b"")
    child.join()
    return nanos


def manager_map_put():
    with mp.Manager() as manager:
        shared = manager.dict()

        def puts(count):
            for i in range(count):
                shared[i & 1023] = i

        return nanos_per_operation(puts)


def shared_array():
    """A write and a read of an element of an array without a lock."""
    array = mp.Array("q", 1024, lock=False)

    def accesses(count):
        for i in range(count):
            array[i & 1023] = array[(i + 1) & 1023]

    return nanos_per_operation(accesses)


def process_start():
    """A process is started and joined."""

    def starts(count):
        for _ in range(count):
            child = mp.Process(target=int)
            child.start()
            child.join()

    return nanos_per_operation(starts)


if __name__ == "__main__":
    mp.set_start_method("fork")
    print(globals()[sys.argv[1]]())
