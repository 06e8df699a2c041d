package io.farmhand.sync;

/** Each kind of handle, made so that whoever waits on it waits until something is done to it. */
@SuppressWarnings("WaitNotInLoop") // nobody signals
enum Primitive {
    LOCK {
        @Override
        Handle make() {
            Lock lock = Lock.create();
            lock.lock();
            return lock;
        }

        @Override
        void waitOn(Handle handle) {
            ((Lock) handle).lock();
        }
    },
    RLOCK {
        @Override
        Handle make() {
            Lock lock = RLock.create();
            lock.lock();
            return lock;
        }

        @Override
        void waitOn(Handle handle) throws Exception {
            ((Lock) handle).lockInterruptibly();
        }
    },
    SEMAPHORE {
        @Override
        Handle make() {
            return Semaphore.create(0);
        }

        @Override
        void waitOn(Handle handle) throws Exception {
            ((Semaphore) handle).acquire();
        }
    },
    BOUNDED_SEMAPHORE {
        @Override
        Handle make() {
            return BoundedSemaphore.create(0);
        }

        @Override
        void waitOn(Handle handle) throws Exception {
            ((Semaphore) handle).acquire();
        }
    },
    CONDITION {
        @Override
        Handle make() {
            return Condition.create();
        }

        @Override
        void waitOn(Handle handle) throws Exception {
            Condition condition = (Condition) handle;
            condition.lock().lock();
            condition.await();
        }
    },
    EVENT {
        @Override
        Handle make() {
            return Event.create();
        }

        @Override
        void waitOn(Handle handle) throws Exception {
            ((Event) handle).await();
        }
    },
    BARRIER {
        @Override
        Handle make() {
            return Barrier.create(3);
        }

        @Override
        void waitOn(Handle handle) throws Exception {
            int _ = ((Barrier) handle).await();
        }
    };

    /** Makes one on which others than the calling thread wait. */
    abstract Handle make();

    /** Waits on it. */
    abstract void waitOn(Handle handle) throws Exception;
}
