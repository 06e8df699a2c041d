package io.farmhand.examples;

import io.farmhand.JvmProcess;
import io.farmhand.Manager;
import java.util.List;
import java.util.Map;

/** How do processes share maps and lists? A manager keeps them in a process of its own. */
public final class ManagedObjects {
    private ManagedObjects() {}

    /** Lets a process change a map and a list. */
    public static void main(String[] args) throws InterruptedException {
        try (Manager manager = Manager.start()) {
            Map<String, Integer> map = manager.map();
            List<Integer> list = manager.list();
            list.addAll(List.of(3, 1, 2));
            JvmProcess process = JvmProcess.start(() -> {
                map.put("two", 2);
                list.sort(null);
            });
            process.join();
            System.out.println(map);
            System.out.println(list);
        }
    }
}
