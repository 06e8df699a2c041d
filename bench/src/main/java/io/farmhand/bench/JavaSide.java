package io.farmhand.bench;

/** The main class of the processes of all sides in Java: does the work of one case, and prints what came of it. */
final class JavaSide {
    private JavaSide() {}

    /** Does it, by {@link Load#arguments}. */
    public static void main(String[] arguments) throws Exception {
        Load load = Load.of(arguments);
        System.out.println(switch (load.side()) {
            case SERIAL, STREAMS -> InProcessSide.run(load);
            case PP4J -> Pp4jSide.run(load);
            default -> FarmhandSide.run(load);
        });
        System.exit(0); // PP4J's threads would keep it
    }
}
