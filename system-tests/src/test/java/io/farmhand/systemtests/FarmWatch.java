package io.farmhand.systemtests;

import java.lang.reflect.Method;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** Carries out what {@link FarmTest} says. State is kept in JUnit's stores, one for each class and each test. */
final class FarmWatch
        implements
        InvocationInterceptor,
        BeforeAllCallback,
        BeforeEachCallback,
        AfterEachCallback,
        AfterAllCallback {
    private static final Namespace NAMESPACE = Namespace.create(FarmWatch.class);
    /** What there was when the first test of a class began. */
    private static final String FIRST = "first";

    @Override
    public void beforeAll(ExtensionContext context) {
        begin(context);
    }

    /** The workers of a class's pool are whole when its first test begins; later a test may find one being replaced. */
    @Override
    public void beforeEach(ExtensionContext context) {
        Belongings now = Belongings.now();
        Belongings first = ofClass(context).getStore(NAMESPACE)
                .computeIfAbsent(FIRST, absent -> now, Belongings.class);
        context.getStore(NAMESPACE).put(Belongings.class,
                options(context).replacesWorkers() ? now.withWorkersOf(first) : now);
    }

    private static ExtensionContext ofClass(ExtensionContext context) {
        ExtensionContext each = context;
        while (each.getTestMethod().isPresent()) {
            each = each.getParent().orElseThrow();
        }
        return each;
    }

    @Override
    public void afterEach(ExtensionContext context) {
        end(context);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        end(context);
    }

    private static void begin(ExtensionContext context) {
        context.getStore(NAMESPACE).put(Belongings.class, Belongings.now());
    }

    private static void end(ExtensionContext context) {
        // After a timeout the test's thread may still be at it: one failure is enough.
        if (context.getStore(NAMESPACE).get(TimeoutException.class) == null) {
            Belongings before = context.getStore(NAMESPACE).get(Belongings.class, Belongings.class);
            before.awaitRestored(options(context).replacesWorkers());
        }
    }

    private static FarmTest options(ExtensionContext context) {
        return context.getTestMethod()
                .flatMap(method -> AnnotationSupport.findAnnotation(method, FarmTest.class))
                .or(() -> AnnotationSupport.findAnnotation(context.getRequiredTestClass(), FarmTest.class))
                .orElseThrow();
    }

    @Override
    public void interceptBeforeAllMethod(Invocation<Void> invocation, ReflectiveInvocationContext<Method> method,
            ExtensionContext context) throws Throwable {
        runInTime(invocation, method, context);
    }

    @Override
    public void interceptBeforeEachMethod(Invocation<Void> invocation, ReflectiveInvocationContext<Method> method,
            ExtensionContext context) throws Throwable {
        runInTime(invocation, method, context);
    }

    @Override
    public void interceptTestMethod(Invocation<Void> invocation, ReflectiveInvocationContext<Method> method,
            ExtensionContext context) throws Throwable {
        runInTime(invocation, method, context);
    }

    @Override
    public void interceptTestTemplateMethod(Invocation<Void> invocation, ReflectiveInvocationContext<Method> method,
            ExtensionContext context) throws Throwable {
        runInTime(invocation, method, context);
    }

    @Override
    public void interceptAfterEachMethod(Invocation<Void> invocation, ReflectiveInvocationContext<Method> method,
            ExtensionContext context) throws Throwable {
        runInTime(invocation, method, context);
    }

    @Override
    public void interceptAfterAllMethod(Invocation<Void> invocation, ReflectiveInvocationContext<Method> method,
            ExtensionContext context) throws Throwable {
        runInTime(invocation, method, context);
    }

    /** Runs it on a thread of its own, which is given up when the time is over. */
    private static void runInTime(Invocation<Void> invocation, ReflectiveInvocationContext<Method> method,
            ExtensionContext context) throws Throwable {
        int seconds = options(context).seconds();
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread thread = Thread.ofPlatform().name("test-" + method.getExecutable().getName()).daemon().start(() -> {
            try {
                invocation.proceed();
                done.complete(null);
            } catch (Throwable e) {
                done.completeExceptionally(e);
            }
        });
        try {
            done.get(seconds, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause();
        } catch (TimeoutException e) {
            context.getStore(NAMESPACE).put(TimeoutException.class, e);
            AssertionError failure = new AssertionError("%s did not end within %d s; the stacks are on stderr"
                    .formatted(method.getExecutable(), seconds));
            failure.setStackTrace(thread.getStackTrace());
            StackDump.printAll();
            ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
            thread.interrupt();
            throw failure;
        }
    }
}
