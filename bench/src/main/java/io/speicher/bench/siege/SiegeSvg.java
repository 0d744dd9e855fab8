package io.speicher.bench.siege;

import static java.util.stream.Collectors.joining;

import io.speicher.bench.Scale;
import io.speicher.bench.Svg;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** Draws a siege over time: memory above, latency of the well-behaved clients below. */
final class SiegeSvg extends Svg {
  private static final String GREY = "#7d7d7d";
  private static final String RED = "#D55E00";
  private static final String GREEN = "#009E73";
  private static final String BLUE = "#0072B2";
  private static final int WIDTH = 900;
  private static final int PLOT_LEFT = 70;
  private static final int PLOT_WIDTH = 790;
  private static final int PLOT_HEIGHT = 220;
  private static final int FIRST_TOP = 80;
  private static final int SECOND_TOP = 370;
  private static final int HEIGHT = 640;

  private final List<Watch.Second> seconds;

  SiegeSvg(List<Watch.Second> seconds) {
    this.seconds = seconds;
  }

  String draw(String title, double residentBoundMegabytes, double latencyBoundMillis) {
    begin(WIDTH, HEIGHT, GREY);
    add("<title>%s</title>", title);
    text(24, 30, "start", "font-size=\"16\" font-weight=\"600\"", title);
    panel(
        FIRST_TOP,
        "memory of the server, MB: resident (blue; dashed: its bound), connections (orange), heap (green)",
        residentBoundMegabytes,
        List.of(
            new Line(second -> second.heapBytes() / 1e6, GREEN),
            new Line(second -> second.accountBytes() / 1e6, RED),
            new Line(second -> second.residentBytes() / 1e6, BLUE)));
    panel(
        SECOND_TOP,
        "latency of well-behaved clients, ms: 99 % (blue) and the longest (orange) of each second",
        latencyBoundMillis,
        List.of(new Line(Watch.Second::maxMillis, RED), new Line(Watch.Second::p99Millis, BLUE)));
    text(PLOT_LEFT + PLOT_WIDTH / 2.0, HEIGHT - 12, "middle", "", "seconds");
    return end();
  }

  private record Line(ToDoubleFunction<Watch.Second> figure, String colour) {}

  private void panel(int top, String title, double bound, List<Line> lines) {
    double highest =
        lines.stream()
            .flatMapToDouble(line -> seconds.stream().mapToDouble(line.figure))
            .reduce(bound, Math::max);
    Scale scale = Scale.upTo(highest);
    text(PLOT_LEFT, top - 12, "start", "font-size=\"13\"", title);
    for (int step = 0; step <= scale.steps(); step++) {
      double y = y(top, step * scale.step(), scale);
      add(
          "<path d=\"M%d %.1fh%d\" stroke=\"%s\" stroke-opacity=\"%s\"/>",
          PLOT_LEFT, y, PLOT_WIDTH, GREY, step == 0 ? "1" : "0.3");
      text(PLOT_LEFT - 6, y + 4, "end", "font-size=\"11\"", scale.label(step * scale.step()));
    }
    add(
        "<path d=\"M%d %.1fh%d\" stroke=\"%s\" stroke-dasharray=\"6 4\"/>",
        PLOT_LEFT, y(top, bound, scale), PLOT_WIDTH, GREY);
    for (Line line : lines) {
      String points =
          IntStream.range(0, seconds.size())
              .mapToObj(i ->
                  "%.1f,%.1f"
                      .formatted(x(i), y(top, line.figure.applyAsDouble(seconds.get(i)), scale)))
              .collect(joining(" "));
      add(
          "<polyline points=\"%s\" stroke=\"%s\" stroke-width=\"1.6\" fill=\"none\"/>",
          points, line.colour);
    }
    int labelled = Math.max(1, seconds.size() / 10);
    for (int i = 0; i < seconds.size(); i += labelled) {
      text(x(i), top + PLOT_HEIGHT + 16, "middle", "font-size=\"11\"", "" + (i + 1));
    }
  }

  private double x(int index) {
    return PLOT_LEFT + (double) index * PLOT_WIDTH / Math.max(1, seconds.size() - 1);
  }

  private static double y(int top, double figure, Scale scale) {
    return top + PLOT_HEIGHT * (1 - figure / scale.highest());
  }
}
