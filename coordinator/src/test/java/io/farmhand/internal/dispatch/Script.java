package io.farmhand.internal.dispatch;

import java.util.Random;

/** What one item of a simulated job does, and what has become of it. */
final class Script {
    /** What the item does when it runs. */
    enum Act {
        SUCCEED, FAIL,
        /** Fails {@code times} times in a way that is worth another attempt. */
        FAIL_RETRYABLY,
        /** Kills its worker {@code times} times. */
        KILL,
        /** Runs until it is interrupted. */
        HANG,
        /** Runs until it is killed. */
        HANG_DEAF
    }

    final Act act;
    /** How long it takes, but for those that hang. */
    final long nanos;
    final int times;
    // What has become of it.
    int begins;
    /** How often it has failed, retryably, or killed its worker itself. */
    int done;
    /** How often a worker died while it ran, for whatever reason. */
    int deaths;
    /** How often that was not the farm's doing. */
    int chargeableDeaths;
    /** Whether a worker that held it died when it was not to be told what had begun. */
    boolean doubtful;
    /** Whether a worker stood still while it ran. */
    boolean frozen;
    boolean interrupted;
    long begunNanos;
    boolean delivered;

    Script(Act act, long nanos, int times) {
        this.act = act;
        this.nanos = nanos;
        this.times = times;
    }

    /** An item's script; most succeed soon. */
    static Script draw(Random random, boolean mayHang, int mischief) {
        long nanos = random.nextInt(10) == 0
                ? SimulatedTime.millis(random.nextInt(400))
                : random.nextInt(4_000_000);
        if (random.nextInt(100) >= mischief) {
            return new Script(Act.SUCCEED, nanos, 0);
        }
        return switch (random.nextInt(mayHang ? 6 : 4)) {
            case 0 -> new Script(Act.FAIL, nanos, 0);
            case 1 -> new Script(Act.FAIL_RETRYABLY, nanos, 1 + random.nextInt(3));
            case 2 -> new Script(Act.KILL, nanos, 1);
            case 3 -> new Script(Act.KILL, nanos, 1000);
            case 4 -> new Script(Act.HANG, 0, 0);
            default -> new Script(Act.HANG_DEAF, 0, 0);
        };
    }

    boolean hangs() {
        return act == Act.HANG || act == Act.HANG_DEAF;
    }

    /** Whether it may take so long, as far as it is to blame itself or a worker that stood still. */
    boolean mayTake(long limitNanos) {
        return hangs() || frozen || nanos >= limitNanos;
    }

    /** Whether it may have ended well. */
    boolean maySucceed() {
        return switch (act) {
            case SUCCEED -> true;
            case FAIL_RETRYABLY, KILL -> done >= times;
            case FAIL, HANG, HANG_DEAF -> false;
        };
    }

    boolean mayFail(JobOptions options) {
        return switch (act) {
            case SUCCEED, KILL, HANG_DEAF -> false;
            case FAIL -> true;
            case FAIL_RETRYABLY -> options.atMostOnce() || done > options.retries();
            case HANG -> interrupted;
        };
    }

    @Override
    public String toString() {
        return "%s times=%d nanos=%d begins=%d done=%d deaths=%d chargeable=%d doubtful=%b frozen=%b interrupted=%b"
                .formatted(act, times, nanos, begins, done, deaths, chargeableDeaths, doubtful, frozen, interrupted);
    }
}
