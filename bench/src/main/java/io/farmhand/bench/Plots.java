package io.farmhand.bench;

import java.awt.Color;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.ChartEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.internal.chartpart.IChart;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.Styler.LegendPosition;

/** Pictures of what was measured, as SVG: bars for the sides of the first case of each group, curves for {@code scale}. */
final class Plots {
    private static final int WIDTH = 760;
    private static final int HEIGHT = 320;

    private Plots() {}

    static void write(Path directory, Map<Case, Measured> all) throws IOException {
        System.setProperty("java.awt.headless", "true");
        Set<String> shown = new HashSet<>(Set.of(Case.SYNC, Case.SCALE));
        for (Map.Entry<Case, Measured> each : all.entrySet()) {
            if (shown.add(each.getKey().group())) {
                save(directory, each.getKey().group(), bars(each.getKey(), each.getValue()));
            }
        }
        if (all.keySet().stream().anyMatch(each -> each.group().equals(Case.SCALE))) {
            save(directory, "scale-cpu", curves(all, "scale: CPU time for each item, µs",
                    (each, measured) -> measured.sample(Side.FARMHAND), 1e6));
            save(directory, "scale-memory", curves(all, "scale: peak of memory, MB",
                    (each, measured) -> measured.peak(Side.FARMHAND), 1e-6));
        }
    }

    /** The medians of all sides. */
    private static CategoryChart bars(Case each, Measured measured) {
        double scale = switch (each.unit()) {
            case SECONDS -> 1e3;
            case ITEMS_PER_SECOND -> 1e-3;
            case BYTES_PER_SECOND -> 1e-9;
            case BYTES -> 1e-6;
        };
        String unit = switch (each.unit()) {
            case SECONDS -> "ms (less is better)";
            case ITEMS_PER_SECOND -> "thousand items/s (more is better)";
            case BYTES_PER_SECOND -> "GB/s (more is better)";
            case BYTES -> "MB (less is better)";
        };
        List<String> names = new ArrayList<>();
        List<Double> medians = new ArrayList<>();
        for (Side side : each.sides()) {
            Sample sample = measured.sample(side);
            if (sample != null) {
                names.add(side.title().replace("`", "").replaceAll("multiprocessing, |concurrent\\.", ""));
                medians.add(sample.median() * scale);
            }
        }
        CategoryChart chart = new CategoryChartBuilder().width(WIDTH).height(HEIGHT).title(each.id())
                .yAxisTitle(unit).build();
        plain(chart.getStyler());
        chart.getStyler().setLegendVisible(false);
        chart.getStyler().setLabelsVisible(true);
        if (!names.isEmpty()) {
            chart.addSeries("median", names, medians);
        }
        return chart;
    }

    /** Items across, a curve for each number of workers. */
    private static XYChart curves(Map<Case, Measured> all, String title,
            BiFunction<Case, Measured, @Nullable Sample> of,
            double scale) {
        XYChart chart = new XYChartBuilder().width(WIDTH).height(HEIGHT).title(title).xAxisTitle("items")
                .build();
        plain(chart.getStyler());
        chart.getStyler().setXAxisLogarithmic(true);
        chart.getStyler().setYAxisMin(0.0);
        chart.getStyler().setLegendPosition(LegendPosition.OutsideE);
        List<Case> points = all.keySet().stream().filter(each -> each.group().equals(Case.SCALE)).toList();
        points.stream().map(Case::workers).distinct().forEach(workers -> {
            List<Double> items = new ArrayList<>();
            List<Double> figures = new ArrayList<>();
            for (Case point : points) {
                Sample sample = point.workers() == workers ? of.apply(point, all.get(point)) : null;
                if (sample != null) {
                    items.add((double) point.size());
                    figures.add(sample.median() * scale);
                }
            }
            if (!items.isEmpty()) {
                chart.addSeries("workers: " + workers, items, figures);
            }
        });
        return chart;
    }

    private static void plain(AxesChartStyler styler) {
        styler.setChartBackgroundColor(Color.WHITE);
        styler.setPlotBorderVisible(false);
    }

    private static void save(Path directory, String name, IChart chart) throws IOException {
        ByteArrayOutputStream svg = new ByteArrayOutputStream();
        ChartEncoder.saveChart(chart, svg, "svg");
        // Letters are drawn as outlines: a tenth of a pixel is enough, and half the size.
        Files.writeString(directory.resolve(name + ".svg"),
                svg.toString(StandardCharsets.UTF_8).replaceAll("(\\.\\d)\\d+", "$1"));
    }
}
