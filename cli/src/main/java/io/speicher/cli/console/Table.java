package io.speicher.cli.console;

import java.util.ArrayList;
import java.util.List;

/** Rows in columns that are as wide as what is in them, under a line of titles. */
public final class Table {
  private static final String GAP = "  ";
  private static final String BOLD = "\u001b[1m";
  private static final String NORMAL = "\u001b[0m";

  /** A title that begins so has its column aligned to the right, as numbers are. */
  private static final char RIGHT = '>';

  private final boolean[] isRight;
  private final List<String[]> rows = new ArrayList<>();

  /** With a {@code >} before the title of a column of numbers, which are aligned to the right. */
  public Table(String... titles) {
    isRight = new boolean[titles.length];
    String[] first = new String[titles.length];
    for (int i = 0; i < titles.length; i++) {
      isRight[i] = titles[i].charAt(0) == RIGHT;
      first[i] = isRight[i] ? titles[i].substring(1) : titles[i];
    }
    rows.add(first);
  }

  /** Adds a row of as many cells as there are titles. */
  public void add(String... cells) {
    if (cells.length != isRight.length) {
      throw new IllegalArgumentException(
          "cells=" + cells.length + " (expected: " + isRight.length + ")");
    }
    rows.add(cells);
  }

  public boolean isEmpty() {
    return rows.size() == 1;
  }

  /** Its lines, the first one of which are the titles. */
  public List<String> lines() {
    int[] widths = new int[isRight.length];
    for (String[] row : rows) {
      for (int i = 0; i < row.length; i++) {
        widths[i] = Math.max(widths[i], length(row[i]));
      }
    }
    return rows.stream().map(row -> line(row, widths)).toList();
  }

  /** Prints it where {@code shell} has its results. */
  public void print(Shell shell) {
    List<String> lines = lines();
    shell.out().println(shell.usesColour() ? BOLD + lines.get(0) + NORMAL : lines.get(0));
    lines.subList(1, lines.size()).forEach(shell.out()::println);
  }

  private String line(String[] row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < row.length; i++) {
      String padding = " ".repeat(widths[i] - length(row[i]));
      line.append(i == 0 ? "" : GAP)
          .append(isRight[i] ? padding : "")
          .append(row[i])
          .append(isRight[i] ? "" : padding);
    }
    return line.toString().stripTrailing();
  }

  private static int length(String text) {
    return text.codePointCount(0, text.length());
  }
}
