package io.farmhand.internal.remote;

import org.jspecify.annotations.Nullable;

/** What proxies have that are equal when they hold the same, as maps, lists and sets are; others when they mean the same object. */
@AtCaller
public interface ByContent {
    /** What {@code equals} answers. */
    boolean contentEquals(@Nullable Object other);

    /** What {@code hashCode} answers. */
    int contentHash();
}
