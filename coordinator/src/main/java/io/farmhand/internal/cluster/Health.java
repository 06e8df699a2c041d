package io.farmhand.internal.cluster;

/**
 * How a coordinator or an agent is.
 *
 * @param isWell whether it does what it is for
 * @param words for people, in one line
 */
public record Health(boolean isWell, String words) {
    private static final String WELL = "well ";
    private static final String ILL = "ill ";

    String encode() {
        return (isWell ? WELL : ILL) + words.replace('\n', ' ');
    }

    static Health decode(String line) {
        if (line.startsWith(WELL)) {
            return new Health(true, line.substring(WELL.length()));
        }
        return new Health(false, line.startsWith(ILL) ? line.substring(ILL.length()) : "it says: '" + line + "'");
    }
}
