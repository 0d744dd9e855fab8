package io.speicher.bench.traces;

import static java.util.stream.Collectors.joining;

import io.speicher.bench.Svg;
import java.util.List;

/** Draws hit ratio over size: a panel for each trace, a line for each policy. */
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

  /** In the order of drawing: a thin line can be seen on a thick one. */
  private static final List<Style> STYLES =
      List.of(
          new Style(Policy.SPEICHER, "#D55E00", 4.6, ""),
          new Style(Policy.LRU, "#0072B2", 1.6, ""),
          new Style(Policy.S3_FIFO, "#009E73", 1.6, ""),
          new Style(Policy.CAFFEINE, "#CC79A7", 1.6, ""),
          new Style(Policy.OPT, "#555555", 1.6, "5 4"));

  private final List<Comparison> comparisons;

  CurvesSvg(List<Comparison> comparisons) {
    this.comparisons = comparisons;
  }

  /** The colours are those of Okabe and Ito, which people tell apart however they see colours. */
  private record Style(Policy policy, String colour, double width, String dashes) {
    String attributes() {
      return "stroke=\"%s\" stroke-width=\"%s\" stroke-dasharray=\"%s\" fill=\"none\""
          .formatted(colour, width, dashes.isEmpty() ? "none" : dashes);
    }
  }

  String draw() {
    int rows = (comparisons.size() + COLUMNS - 1) / COLUMNS;
    int width = COLUMNS * PANEL_WIDTH + 30;
    int height = TOP + rows * PANEL_HEIGHT + BOTTOM;
    begin(width, height, "#333333");
    add("<title>Hit ratio over cache size, by trace and policy</title>");
    add("<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>", width, height);
    text(24, 32, "start", "font-size=\"18\" font-weight=\"600\"", "Hit ratio over cache size");
    legend();
    for (int i = 0; i < comparisons.size(); i++) {
      add(
          "<g transform=\"translate(%d %d)\">",
          20 + i % COLUMNS * PANEL_WIDTH, TOP + i / COLUMNS * PANEL_HEIGHT);
      new Panel(comparisons.get(i)).draw();
      add("</g>");
    }
    text(
        width / 2.0,
        height - 16,
        "middle",
        "font-size=\"13\"",
        "cache size in items (each panel has its own scales)");
    add(
        "<text transform=\"translate(18 %d) rotate(-90)\" text-anchor=\"middle\" font-size=\"13\">"
            + "hit ratio in percent of requests</text>",
        TOP + rows * PANEL_HEIGHT / 2);
    return end();
  }

  private void legend() {
    int left = 24;
    for (Style style : STYLES) {
      add("<path d=\"M%d 62h30\" %s/>", left, style.attributes());
      boolean isOpt = style.policy == Policy.OPT;
      String label = isOpt ? "OPT, the best that is possible" : style.policy.title;
      text(left + 38, 66, "start", "font-size=\"13\"", label);
      left += 60 + 8 * label.length();
    }
  }

  /** Has its own scales: sizes from 0, ratios in the range that its lines take. */
  private final class Panel {
    private final Comparison comparison;
    private final int maxItems;
    private final int minPercent;
    private final int maxPercent;

    Panel(Comparison comparison) {
      this.comparison = comparison;
      maxItems = comparison.rows.getLast().itemCount();
      double lowest = 1;
      double highest = 0;
      for (Comparison.Row row : comparison.rows) {
        for (double hitRatio : row.hitRatios().values()) {
          lowest = Math.min(lowest, hitRatio);
          highest = Math.max(highest, hitRatio);
        }
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
              .formatted(comparison.trace.title(), comparison.trace.description));
      for (int i = 0; i <= Y_STEPS; i++) {
        int percent = minPercent + (maxPercent - minPercent) * i / Y_STEPS;
        add(
            "<path d=\"M%d %.1fh%d\" stroke=\"%s\"/>",
            PLOT_LEFT, y(percent), PLOT_WIDTH, i == 0 ? "#888888" : "#e4e4e4");
        text(PLOT_LEFT - 7, y(percent) + 4, "end", "", percent + " %");
      }
      for (int items = 0; items <= maxItems; items += step()) {
        add("<path d=\"M%.1f %.1fv4\" stroke=\"#888888\"/>", x(items), y(minPercent));
        text(x(items), y(minPercent) + 18, "middle", "", label(items));
      }
      for (Style style : STYLES) {
        String points =
            comparison.rows.stream()
                .map(row -> point(row.itemCount(), 100 * row.hitRatio(style.policy)))
                .collect(joining(" "));
        add("<polyline points=\"%s\" stroke-linejoin=\"round\" %s/>", points, style.attributes());
      }
    }

    /** Between three and six labels, at round numbers. */
    private int step() {
      int step = 1;
      while (maxItems / step > 5) {
        step = Integer.toString(step).startsWith("2") ? step / 2 * 5 : step * 2;
      }
      return step;
    }

    private static String label(int items) {
      return items < 10_000 ? "%,d".formatted(items) : items / 1_000 + "k";
    }

    private String point(int items, double percent) {
      return "%.1f,%.1f".formatted(x(items), y(percent));
    }

    private double x(double items) {
      return PLOT_LEFT + items / maxItems * PLOT_WIDTH;
    }

    private double y(double percent) {
      return PLOT_TOP + PLOT_HEIGHT * (maxPercent - percent) / (maxPercent - minPercent);
    }
  }
}
