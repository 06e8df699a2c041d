package io.farmhand.internal.task;

import java.util.SplittableRandom;

/** The random numbers of an item: the same for one seed and index, wherever the item runs. */
public final class ItemRandom {
    /** The odd number nearest to 2<sup>64</sup> divided by the golden ratio: SplitMix64's step. */
    private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

    private ItemRandom() {}

    /**
     * A generator for an item.
     *
     * @param seed the job's
     * @param index the item's index in its job
     */
    public static SplittableRandom of(long seed, long index) {
        return new SplittableRandom(mix(seed, index));
    }

    /**
     * One seed of two. SplitMix64 walks in steps of {@link #GOLDEN_GAMMA}, so that seeds which are a few steps apart
     * give the same numbers, shifted; the outer mix takes that relation away.
     */
    static long mix(long seed, long index) {
        return mix(mix(seed) + index * GOLDEN_GAMMA);
    }

    /**
     * SplitMix64's finalizer: Stafford's variant 13 of MurmurHash3's, by way of Steele, Lea and Flood, "Fast Splittable
     * Pseudorandom Number Generators", OOPSLA 2014.
     */
    private static long mix(long value) {
        long z = value;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
