"""The peers' sides of Farmhand's bench: python3 peers.py CASE PEER WORKERS SIZE SECONDS DIRECTORY

prints the figure, the peak of this process's memory in bytes, and a digest of the result. There is a function for each case
and API, called CASE_pool (multiprocessing.Pool, by whatever start method), CASE_futures or CASE_joblib; it takes the number
of workers and the size of the work, and returns the figure and the digest. Figures are in seconds, items or bytes per second,
or bytes. What is imported, is imported by the function that needs it, as a program of that one case would.
"""

import itertools
import multiprocessing as mp
import os
import resource
import statistics
import string
import sys
import time

ARRAY_LENGTH = 1 << 21  # of 16 MiB
CHUNKS = 8

CASE, PEER, WORKERS, SIZE, SECONDS, DIRECTORY = sys.argv[1:]


# ---- the work, as in Work.java ----


def identity(x):
    return x


def plus_one(x):
    return x + 1


def process_id(_):
    return os.getpid()


def array(seed):
    import numpy as np

    return (np.arange(ARRAY_LENGTH) % 1000 + seed).astype(float)


def array_sum(values):
    return float(values.sum())


def numbers(count):
    import numpy as np
    import pandas as pd

    return pd.Series((np.arange(count) % 1000).astype(float))


def chunks(series):
    n = len(series)
    return [series.iloc[n * i // CHUNKS : n * (i + 1) // CHUNKS] for i in range(CHUNKS)]


def square(series):
    return series**2


def files(count):
    pairs = itertools.islice(itertools.combinations(string.ascii_letters, 2), count)
    return [os.path.join(DIRECTORY, a + b + ".csv") for a, b in pairs]


def describe(file):
    import pandas as pd

    return pd.read_csv(file).describe()


# ---- digests of results, as in Work.java ----


def digest(results):
    value = 0
    for result in results:
        value = (31 * value + int(result)) & 0xFFFFFFFF
    return value


def digest_of_numbers(series):
    import numpy as np

    return int((np.asarray(series) * (np.arange(len(series)) % 7 + 1)).sum())


def digest_of_arrays(arrays):
    import numpy as np

    return digest_of_numbers(np.array([array_sum(each) for each in arrays]))


def digest_of_summaries(summaries):
    sums = sum(summary["data"].to_numpy() * (i % 7 + 1) for i, summary in enumerate(summaries))
    return " ".join("%.6f" % each for each in sums)


# ---- how time is taken, as by Stopwatch.java ----


def timed(work, prepare=tuple):
    """The median of the times that the work takes, and its result: repeated for SECONDS, after as many to warm up."""
    for _ in ("to warm up", "for the figure"):
        took = []
        while not took or sum(took) < float(SECONDS):
            prepared = prepare()
            start = time.perf_counter()
            result = work(*prepared)
            took.append(time.perf_counter() - start)
    return statistics.median(took), result


def items_per_second(count, work):
    seconds, results = timed(work)
    return count / seconds, digest(results)


def bytes_per_second(count, work, digester, prepare=tuple):
    seconds, results = timed(work, prepare)
    return count * ARRAY_LENGTH * 8 / seconds, digester(results)


def round_trips(count, call):
    """The median of many calls, one after the other."""
    took = []

    def calls():
        took.clear()
        results = []
        for i in range(count):
            start = time.perf_counter()
            results.append(call(i))
            took.append(time.perf_counter() - start)
        return results

    _, results = timed(calls)
    return statistics.median(took), digest(results)


def resident_bytes(pids):
    sizes = []
    for pid in set(pids):
        with open(f"/proc/{pid}/status") as status:
            sizes += [int(line.split()[1]) * 1024 for line in status if line.startswith("VmRSS")]
    return statistics.mean(sizes)


# ---- start ----


def start_pool(workers, size):
    start = time.perf_counter()
    pool = mp.Pool(workers)
    results = pool.map(plus_one, range(size))
    pool.close()
    pool.join()
    return time.perf_counter() - start, digest(results)


def start_futures(workers, size):
    from concurrent.futures import ProcessPoolExecutor

    start = time.perf_counter()
    with ProcessPoolExecutor(workers) as executor:
        results = list(executor.map(plus_one, range(size)))
    return time.perf_counter() - start, digest(results)


def start_joblib(workers, size):
    from joblib import Parallel, delayed
    from joblib.externals.loky import get_reusable_executor

    start = time.perf_counter()
    results = Parallel(workers)(delayed(plus_one)(i) for i in range(size))
    get_reusable_executor().shutdown(wait=True)
    return time.perf_counter() - start, digest(results)


def start_shared_joblib(workers, size):
    from joblib import Parallel, delayed

    seconds, results = timed(lambda: Parallel(workers)(delayed(plus_one)(i) for i in range(size)))
    return seconds, digest(results)


# ---- tiny, auto, apply ----


def tiny_map_pool(workers, size):
    with mp.Pool(workers) as pool:
        return items_per_second(size, lambda: pool.map(identity, range(size), chunksize=1))


def tiny_map_futures(workers, size):
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(workers) as executor:
        return items_per_second(size, lambda: list(executor.map(identity, range(size), chunksize=1)))


def tiny_map_joblib(workers, size):
    from joblib import Parallel, delayed

    return items_per_second(
        size, lambda: Parallel(workers, batch_size=1)(delayed(identity)(i) for i in range(size))
    )


def tiny_imap_pool(workers, size):
    with mp.Pool(workers) as pool:
        return items_per_second(size, lambda: list(pool.imap(identity, range(size))))


def auto_pool(workers, size):
    with mp.Pool(workers) as pool:
        return items_per_second(size, lambda: pool.map(plus_one, range(size)))


def apply_pool(workers, size):
    with mp.Pool(workers) as pool:
        return round_trips(size, lambda i: pool.apply(plus_one, (i,)))


def apply_futures(workers, size):
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(workers) as executor:
        return round_trips(size, lambda i: executor.submit(plus_one, i).result())


# ---- bytes ----


def new_arrays(size):
    return [array(seed) for seed in range(size)]


def bytes_in_pool(workers, size):
    with mp.Pool(workers) as pool:
        return bytes_per_second(
            size,
            lambda arrays: pool.map(array_sum, arrays, chunksize=1),
            digest,
            lambda: (new_arrays(size),),
        )


def bytes_in_futures(workers, size):
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(workers) as executor:
        return bytes_per_second(
            size,
            lambda arrays: list(executor.map(array_sum, arrays)),
            digest,
            lambda: (new_arrays(size),),
        )


def bytes_in_joblib(workers, size):
    from joblib import Parallel, delayed

    return bytes_per_second(
        size,
        lambda arrays: Parallel(workers)(delayed(array_sum)(each) for each in arrays),
        digest,
        lambda: (new_arrays(size),),
    )


def bytes_in_again_joblib(workers, size):
    from joblib import Parallel, delayed

    arrays = new_arrays(size)
    with Parallel(workers) as parallel:  # keeps what it has mapped
        return bytes_per_second(
            size, lambda: parallel(delayed(array_sum)(each) for each in arrays), digest
        )


def bytes_out_pool(workers, size):
    with mp.Pool(workers) as pool:
        return bytes_per_second(
            size, lambda: pool.map(array, range(size), chunksize=1), digest_of_arrays
        )


def bytes_out_futures(workers, size):
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(workers) as executor:
        return bytes_per_second(
            size, lambda: list(executor.map(array, range(size))), digest_of_arrays
        )


def bytes_out_joblib(workers, size):
    from joblib import Parallel, delayed

    return bytes_per_second(
        size,
        lambda: Parallel(workers)(delayed(array)(seed) for seed in range(size)),
        digest_of_arrays,
    )


# ---- squares, describe ----


def squares_warm_pool(workers, size):
    import pandas as pd

    series = numbers(size)
    with mp.Pool(workers) as pool:
        seconds, squares = timed(lambda: pd.concat(pool.map(square, chunks(series), chunksize=1)))
        return seconds, digest_of_numbers(squares)


def squares_warm_joblib(workers, size):
    import pandas as pd
    from joblib import Parallel, delayed

    series = numbers(size)
    seconds, squares = timed(
        lambda: pd.concat(Parallel(workers)(delayed(square)(chunk) for chunk in chunks(series)))
    )
    return seconds, digest_of_numbers(squares)


def squares_cold_pool(workers, size):
    import pandas as pd

    series = numbers(size)
    with mp.Pool(workers) as pool:
        return 0, digest_of_numbers(pd.concat(pool.map(square, chunks(series), chunksize=1)))


def squares_cold_joblib(workers, size):
    import pandas as pd
    from joblib import Parallel, delayed

    series = numbers(size)
    return 0, digest_of_numbers(
        pd.concat(Parallel(workers)(delayed(square)(chunk) for chunk in chunks(series)))
    )


def describe_pool(workers, size):
    import pandas  # before the pool is made, so that forked workers have it

    with mp.Pool(workers) as pool:
        return 0, digest_of_summaries(pool.map(describe, files(size)))


def describe_joblib(workers, size):
    from joblib import Parallel, delayed

    return 0, digest_of_summaries(Parallel(workers)(delayed(describe)(file) for file in files(size)))


# ---- memory ----


def memory_worker_pool(workers, size):
    with mp.Pool(workers) as pool:
        results = pool.map(plus_one, range(size), chunksize=1)
        return resident_bytes([child.pid for child in mp.active_children()]), digest(results)


def memory_worker_joblib(workers, size):
    from joblib import Parallel, delayed

    results = Parallel(workers)(delayed(plus_one)(i) for i in range(size))
    pids = Parallel(workers)(delayed(process_id)(i) for i in range(10 * workers))
    return resident_bytes(pids), digest(results)


# ---- sync: each does what the JMH benchmark of the same name does, in stretches of SIZE milliseconds ----

STRETCH = int(SIZE) / 1000
STRETCHES = 5
PROCESSES = 4
MEBIBYTE = 1 << 20


def seconds_per_operation(operations):
    """The median of some stretches; operations(n) does n of them."""
    count = 1
    while True:
        start = time.perf_counter()
        operations(count)
        seconds = time.perf_counter() - start
        if seconds > STRETCH / 4:
            break
        count *= 2
    count = max(1, int(count * STRETCH / seconds))
    measured = []
    for _ in range(STRETCHES):
        start = time.perf_counter()
        operations(count)
        measured.append((time.perf_counter() - start) / count)
    return statistics.median(measured)


def locked_increment():
    value = mp.Value("q", 0)

    def increment(count):
        for _ in range(count):
            with value.get_lock():
                value.value += 1

    return seconds_per_operation(increment)


def locked_increment_by_four():
    """Seconds for each increment of all, while four processes increment as fast as they can."""
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
        start = time.perf_counter()
        barrier.wait()
        measured.append((time.perf_counter() - start) / (PROCESSES * per_process))
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

    return seconds_per_operation(turns)


def rlock():
    held = mp.RLock()

    def turns(count):
        for _ in range(count):
            held.acquire()
            held.release()

    return seconds_per_operation(turns)


def semaphore():
    permits = mp.Semaphore(3)

    def turns(count):
        for _ in range(count):
            permits.acquire()
            permits.release()

    return seconds_per_operation(turns)


def event():
    flag = mp.Event()

    def turns(count):
        for _ in range(count):
            flag.set()
            flag.is_set()
            flag.clear()

    return seconds_per_operation(turns)


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

    seconds = seconds_per_operation(turns)
    with condition:
        turn.value = -1
        condition.notify()
    child.join()
    return seconds


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

    seconds = seconds_per_operation(rounds)
    last.value = done + 1
    barrier.wait()
    for child in children:
        child.join()
    return seconds


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

    seconds = seconds_per_operation(take)
    wanted.put(None)
    child.join()
    return seconds


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

    seconds = seconds_per_operation(trips)
    child.terminate()
    child.join()
    return seconds


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

    seconds = seconds_per_operation(messages)
    mine.send_bytes(b"")
    child.join()
    return seconds


def manager_map_put():
    with mp.Manager() as manager:
        shared = manager.dict()

        def puts(count):
            for i in range(count):
                shared[i & 1023] = i

        return seconds_per_operation(puts)


def shared_array():
    """A write and a read of an element of an array without a lock."""
    array = mp.Array("q", 1024, lock=False)

    def accesses(count):
        for i in range(count):
            array[i & 1023] = array[(i + 1) & 1023]

    return seconds_per_operation(accesses)


def process_start():
    """A process is started and joined."""

    def starts(count):
        for _ in range(count):
            child = mp.Process(target=int)
            child.start()
            child.join()

    return seconds_per_operation(starts)


if __name__ == "__main__":
    if PEER in ("fork", "spawn", "forkserver"):
        mp.set_start_method(PEER)
    api = PEER if PEER in ("futures", "joblib") else "pool"
    function = globals().get(CASE + "_" + api)
    figure, result = function(int(WORKERS), int(SIZE)) if function else (globals()[CASE](), "-")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(figure, peak, result)
