package io.speicher.bench.compare;

import io.speicher.bench.Rounds;
import io.speicher.bench.Scale;
import io.speicher.bench.Svg;
import java.util.List;

/**
 * Draws what an operation costs: a row of panels for each operation, a panel for each pipeline, a
 * bar for each contender.
 *
 * <p>Text and lines are of a grey that can be read on white and on black, since a page may be
 * either.
 */
final class BarsSvg extends Svg {
  private static final String GREY = "#7d7d7d";
  private static final int TOP = 84;
  private static final int BOTTOM = 26;
  private static final int LEFT = 20;
  private static final int PANEL_HEIGHT = 236;
  private static final int BAR_WIDTH = 46;
  private static final int BAR_DISTANCE = 60;

  /** Of the plot within its panel. */
  private static final int PLOT_LEFT = 46;

  private static final int PLOT_TOP = 40;
  private static final int PLOT_HEIGHT = 158;

  private final Results results;
  private final Comparison comparison;
  private final List<Operation> operations;
  private final List<Integer> pipelines;
  private final int panelWidth;

  BarsSvg(Results results) {
    this.results = results;
    comparison = results.comparison;
    operations = comparison.cells().stream().map(Cell::operation).distinct().toList();
    pipelines = comparison.cells().stream().map(Cell::pipeline).distinct().toList();
    panelWidth = PLOT_LEFT + plotWidth() + 26;
  }

  static String fileName(Comparison comparison) {
    return "compare-" + comparison.shortName() + ".svg";
  }

  String draw() {
    int width = Math.max(LEFT + pipelines.size() * panelWidth, 640);
    int height = TOP + operations.size() * PANEL_HEIGHT + BOTTOM;
    begin(width, height, GREY);
    String title = "CPU time of the server for an operation: " + comparison.title();
    add("<title>%s</title>", title);
    text(LEFT + 4, 28, "start", "font-size=\"16\" font-weight=\"600\"", title);
    legend();
    for (int row = 0; row < operations.size(); row++) {
      for (int column = 0; column < pipelines.size(); column++) {
        add(
            "<g transform=\"translate(%d %d)\">",
            LEFT + column * panelWidth, TOP + row * PANEL_HEIGHT);
        new Panel(new Cell(operations.get(row), pipelines.get(column))).draw();
        add("</g>");
      }
    }
    text(
        LEFT + 4,
        height - 10,
        "start",
        "font-size=\"11\"",
        "Bars: median of the rounds; lines: lowest to highest. Each panel has its own scale.");
    return end();
  }

  private int plotWidth() {
    return comparison.contenders().size() * BAR_DISTANCE + 12;
  }

  private void legend() {
    int left = LEFT + 4;
    for (Contender contender : comparison.contenders()) {
      add("<rect x=\"%d\" y=\"46\" width=\"13\" height=\"13\" %s/>", left, fill(contender));
      String label = label(contender);
      text(left + 19, 57, "start", "font-size=\"13\"", label);
      left += 46 + 7 * label.length();
    }
  }

  private String label(Contender contender) {
    return contender.protocol() == comparison.protocol()
        ? contender.title()
        : contender.title() + " over " + contender.protocol().title();
  }

  private static String fill(Contender contender) {
    return "fill=\"" + contender.server().colour(contender.threads()) + "\"";
  }

  /** Has its own scale, since an operation in a long pipeline costs a tenth of a single one. */
  private final class Panel {
    private final Cell cell;
    private final Scale scale;

    Panel(Cell cell) {
      this.cell = cell;
      scale =
          Scale.upTo(
              comparison.contenders().stream()
                  .mapToDouble(contender -> results.serverCpuMicros(contender, cell).highest())
                  .max()
                  .orElseThrow());
    }

    void draw() {
      text(
          PLOT_LEFT,
          24,
          "start",
          "font-size=\"13\"",
          "<tspan font-weight=\"600\">%s</tspan>, pipeline %d"
              .formatted(cell.operation().title, cell.pipeline()));
      axis();
      for (int i = 0; i < comparison.contenders().size(); i++) {
        bar(comparison.contenders().get(i), PLOT_LEFT + 12 + i * BAR_DISTANCE);
      }
    }

    private void axis() {
      for (int step = 0; step <= scale.steps(); step++) {
        double micros = step * scale.step();
        add(
            "<path d=\"M%d %.1fh%d\" stroke=\"%s\" stroke-opacity=\"%s\"/>",
            PLOT_LEFT, y(micros), plotWidth(), GREY, step == 0 ? "1" : "0.3");
        String unit = step == scale.steps() ? " µs" : "";
        text(PLOT_LEFT - 6, y(micros) + 4, "end", "font-size=\"11\"", scale.label(micros) + unit);
      }
    }

    private void bar(Contender contender, int left) {
      Rounds micros = results.serverCpuMicros(contender, cell);
      double top = y(micros.median());
      double middle = left + BAR_WIDTH / 2.0;
      add(
          "<rect x=\"%d\" y=\"%.1f\" width=\"%d\" height=\"%.1f\" %s/>",
          left, top, BAR_WIDTH, y(0) - top, fill(contender));
      add(
          "<path d=\"M%.1f %.1fV%.1fm-5 0h10M%.1f %.1fh10\" stroke=\"%s\" fill=\"none\"/>",
          middle, y(micros.lowest()), y(micros.highest()), middle - 5, y(micros.lowest()), GREY);
      String value = (micros.median() < 10 ? "%.2f" : "%.1f").formatted(micros.median());
      text(middle, y(0) + 16, "middle", "font-weight=\"600\"", value);
    }

    private double y(double micros) {
      return PLOT_TOP + PLOT_HEIGHT * (1 - micros / scale.highest());
    }
  }
}
