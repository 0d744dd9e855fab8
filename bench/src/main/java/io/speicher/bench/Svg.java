package io.speicher.bench;

import com.google.errorprone.annotations.FormatMethod;

/** Writes a drawing for a web page: what all of ours have in common. */
public abstract class Svg {
  private final StringBuilder svg = new StringBuilder();

  /** Begins the drawing, with the colour of its text. */
  protected final void begin(int width, int height, String colour) {
    add(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\""
            + " font-family=\"system-ui, 'Segoe UI', Helvetica, Arial, 'DejaVu Sans', sans-serif\""
            + " font-size=\"12\" fill=\"%s\" role=\"img\">",
        width, height, width, height, colour);
  }

  protected final void text(double x, double y, String anchor, String attributes, String text) {
    add(
        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" %s>%s</text>",
        x, y, anchor, attributes, text);
  }

  @FormatMethod
  protected final void add(String format, Object... arguments) {
    svg.append(format.formatted(arguments)).append('\n');
  }

  /** Ends the drawing, and returns it. */
  protected final String end() {
    add("</svg>");
    return svg.toString();
  }
}
