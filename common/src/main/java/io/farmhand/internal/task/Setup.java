package io.farmhand.internal.task;

import io.farmhand.task.RemoteRunnable;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/** What every worker of a pool runs before its first item and after its last. */
public record Setup(@Nullable RemoteRunnable initializer, @Nullable RemoteRunnable finalizer) implements Serializable {}
