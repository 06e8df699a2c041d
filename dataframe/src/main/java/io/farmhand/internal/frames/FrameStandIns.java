package io.farmhand.internal.frames;

import io.farmhand.internal.serial.StandInMaker;
import java.io.Serializable;
import org.dflib.DataFrame;
import org.dflib.Series;

/** Lets frames and series travel wherever values do: as items, results and captured values, alone and inside others. */
public final class FrameStandIns implements StandInMaker {
    /** For the service loader. */
    public FrameStandIns() {}

    @Override
    public boolean knows(Class<?> type) {
        return DataFrame.class.isAssignableFrom(type) || Series.class.isAssignableFrom(type);
    }

    @Override
    public Serializable standIn(Object object) {
        return object instanceof DataFrame frame ? FrameForm.of(frame) : SeriesForm.of((Series<?>) object);
    }
}
