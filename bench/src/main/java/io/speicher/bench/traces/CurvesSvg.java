package io.speicher.bench.traces;

import static java.util.stream.Collectors.joining;

import io.speicher.bench.Svg;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Draws hit ratio over size: a panel for each trace, a line for each series. */
final class CurvesSvg extends Svg {
  private static final int COLUMNS = 3;
  private static final int PANEL_WIDTH = 320;
  private static final int PANEL_HEIGHT = 250;
  private static final int TOP = 92;
  private static final int BOTTOM = 44;

  /** Of the plot within its panel. */
  private static final int PLOT_LEFT = 52;

  private static final int PLOT_TOP = 34;
  private static final int PLOT_WIDTH = PANEL_WIDTH - PLOT_LEFT - 18;
  private static final int PLOT_HEIGHT = PANEL_HEIGHT - PLOT_TOP - 34;
  private static final int Y_STEPS = 4;

  private static final Style SPEICHER = new Style("Speicher", "#D55E00", 4.6, "");

  /** In the order of drawing: a thin line can be seen on a thick one. */
  private static final Map<Policy, Style> OF_POLICIES = new LinkedHashMap<>();

  static {
    OF_POLICIES.put(Policy.SPEICHER, SPEICHER);
    OF_POLICIES.put(Policy.LRU, new Style("LRU", "#0072B2", 1.6, ""));
    OF_POLICIES.put(Policy.S3_FIFO, new Style("S3-FIFO", "#009E73", 1.6, ""));
    OF_POLICIES.put(Policy.CAFFEINE, new Style("Caffeine", "#CC79A7", 1.6, ""));
    OF_POLICIES.put(Policy.OPT, new Style("OPT, the best that is possible", "#555555", 1.6, "5 4"));
  }

  /** What has to be known of each size. */
  static final List<Policy> POLICIES = List.copyOf(OF_POLICIES.keySet());

  private final String heading;
  private final String sizeLabel;
  private final List<Style> styles;
  private final List<Curves> panels;

  private CurvesSvg(String heading, String sizeLabel, List<Style> styles, List<Curves> panels) {
    this.heading = heading;
    this.sizeLabel = sizeLabel;
    this.styles = styles;
    this.panels = panels;
  }

  /** All policies over all traces. */
  static CurvesSvg ofPolicies(List<Comparison> comparisons) {
    return new CurvesSvg(
        "Hit ratio over cache size",
        "cache size in items",
        List.copyOf(OF_POLICIES.values()),
        comparisons.stream().map(CurvesSvg::curves).toList());
  }

  private static Curves curves(Comparison comparison) {
    List<Point> points =
        comparison.rows.stream()
            .map(row -> new Point(row.itemCount(), POLICIES.stream().map(row::hitRatio).toList()))
            .toList();
    return new Curves(comparison.title, comparison.description, points);
  }

  /** What stores of other sizes hit, and what a store estimates of them. */
  static CurvesSvg ofEstimates(List<Estimate> estimates) {
    return new CurvesSvg(
        "Hit ratio of stores of other sizes, as estimated and as replayed",
        "budget in MB",
        List.of(
            new Style("replayed with a store of that size", "#0072B2", 1.6, ""),
            new Style("estimated while one store was used", "#D55E00", 1.6, "5 4")),
        estimates.stream().map(CurvesSvg::curves).toList());
  }

  private static Curves curves(Estimate estimate) {
    List<Point> points =
        estimate.points().stream()
            .map(point ->
                new Point(
                    (double) point.budgetBytes() / (1 << 20),
                    List.of(point.replayed(), point.estimated())))
            .toList();
    return new Curves(estimate.title(), "", points);
  }

  /** The colours are those of Okabe and Ito, which people tell apart however they see colours. */
  private record Style(String label, String colour, double width, String dashes) {
    String attributes() {
      return "stroke=\"%s\" stroke-width=\"%s\" stroke-dasharray=\"%s\" fill=\"none\""
          .formatted(colour, width, dashes.isEmpty() ? "none" : dashes);
    }
  }

  /** What a panel shows, the smallest size first. */
  private record Curves(String title, String description, List<Point> points) {}

  /** The hit ratios at one size, 0 to 1, of the series in their order. */
  private record Point(double size, List<Double> hitRatios) {}

  String draw() {
    int rows = (panels.size() + COLUMNS - 1) / COLUMNS;
    int width = COLUMNS * PANEL_WIDTH + 30;
    int height = TOP + rows * PANEL_HEIGHT + BOTTOM;
    begin(width, height, "#333333");
    add("<title>%s</title>", heading);
    add("<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>", width, height);
    text(24, 32, "start", "font-size=\"18\" font-weight=\"600\"", heading);
    legend();
    for (int i = 0; i < panels.size(); i++) {
      add(
          "<g transform=\"translate(%d %d)\">",
          20 + i % COLUMNS * PANEL_WIDTH, TOP + i / COLUMNS * PANEL_HEIGHT);
      new Panel(panels.get(i)).draw();
      add("</g>");
    }
    text(
        width / 2.0,
        height - 16,
        "middle",
        "font-size=\"13\"",
        sizeLabel + " (each panel has its own scales)");
    add(
        "<text transform=\"translate(18 %d) rotate(-90)\" text-anchor=\"middle\" font-size=\"13\">"
            + "hit ratio in percent of requests</text>",
        TOP + rows * PANEL_HEIGHT / 2);
    return end();
  }

  private void legend() {
    int left = 24;
    for (Style style : styles) {
      add("<path d=\"M%d 62h30\" %s/>", left, style.attributes());
      text(left + 38, 66, "start", "font-size=\"13\"", style.label);
      left += 60 + 8 * style.label.length();
    }
  }

  /** Has its own scales: sizes from 0, ratios in the range that its lines take. */
  private final class Panel {
    private final Curves curves;
    private final double maxSize;
    private final int minPercent;
    private final int maxPercent;

    Panel(Curves curves) {
      this.curves = curves;
      maxSize = curves.points.getLast().size();
      double lowest = 1;
      double highest = 0;
      for (Point point : curves.points) {
        lowest = Math.min(lowest, Collections.min(point.hitRatios));
        highest = Math.max(highest, Collections.max(point.hitRatios));
      }
      int floor = (int) Math.floor(lowest * 10) * 10;
      int range = (int) Math.ceil(highest * 100) - floor;
      range = range <= 40 ? 40 : range <= 60 ? 60 : range <= 80 ? 80 : 100;
      minPercent = Math.min(floor, 100 - range);
      maxPercent = minPercent + range;
    }

    void draw() {
      text(
          PLOT_LEFT,
          20,
          "start",
          "font-size=\"13\"",
          "<tspan font-weight=\"600\">%s</tspan> <tspan fill=\"#666666\" font-size=\"11.5\">%s</tspan>"
              .formatted(curves.title, curves.description));
      for (int i = 0; i <= Y_STEPS; i++) {
        int percent = minPercent + (maxPercent - minPercent) * i / Y_STEPS;
        add(
            "<path d=\"M%d %.1fh%d\" stroke=\"%s\"/>",
            PLOT_LEFT, y(percent), PLOT_WIDTH, i == 0 ? "#888888" : "#e4e4e4");
        text(PLOT_LEFT - 7, y(percent) + 4, "end", "", percent + " %");
      }
      for (int size = 0; size <= maxSize; size += step()) {
        add("<path d=\"M%.1f %.1fv4\" stroke=\"#888888\"/>", x(size), y(minPercent));
        text(x(size), y(minPercent) + 18, "middle", "", label(size));
      }
      for (int series = 0; series < styles.size(); series++) {
        int number = series;
        String points =
            curves.points.stream()
                .map(point -> point(point.size(), 100 * point.hitRatios.get(number)))
                .collect(joining(" "));
        add(
            "<polyline points=\"%s\" stroke-linejoin=\"round\" %s/>",
            points, styles.get(series).attributes());
      }
    }

    /** Between three and six labels, at round numbers. */
    private int step() {
      int step = 1;
      while (maxSize / step > 5) {
        step = Integer.toString(step).startsWith("2") ? step / 2 * 5 : step * 2;
      }
      return step;
    }

    private static String label(int size) {
      return size < 10_000 ? "%,d".formatted(size) : size / 1_000 + "k";
    }

    private String point(double size, double percent) {
      return "%.1f,%.1f".formatted(x(size), y(percent));
    }

    private double x(double size) {
      return PLOT_LEFT + size / maxSize * PLOT_WIDTH;
    }

    private double y(double percent) {
      return PLOT_TOP + PLOT_HEIGHT * (maxPercent - percent) / (maxPercent - minPercent);
    }
  }
}
