package io.farmhand.internal.cluster;

/**
 * How many seats each client is to have: as many as it has work for, and where there are too few, equally many for those
 * that want more (max-min fairness, by filling up).
 */
final class Shares {
    private Shares() {}

    /**
     * Shares seats out.
     *
     * @param seats how many there are
     * @param demands how many each client has work for; what cannot be divided goes to the first
     * @return how many each is to have, together no more than there are, each no more than its demand
     */
    static int[] of(int seats, int[] demands) {
        int[] shares = new int[demands.length];
        int left = seats;
        boolean filling = true;
        while (left > 0 && filling) {
            filling = false;
            int wanting = 0;
            for (int i = 0; i < demands.length; i++) {
                wanting += shares[i] < demands[i] ? 1 : 0;
            }
            int each = wanting == 0 ? 0 : Math.max(1, left / wanting);
            for (int i = 0; i < demands.length && left > 0; i++) {
                int more = Math.min(Math.min(each, left), demands[i] - shares[i]);
                if (more > 0) {
                    shares[i] += more;
                    left -= more;
                    filling = true;
                }
            }
        }
        return shares;
    }
}
