package io.speicher.load;

import java.util.List;

/** What a request asks for. */
enum Operation {
  GET("get", 0),
  SET("set", 1),
  DELETE("delete", 2);

  /** All of them, by index. */
  static final List<Operation> ALL = List.of(values());

  private final String label;
  private final int index;

  Operation(String label, int index) {
    this.label = label;
    this.index = index;
  }

  /** Its name in options and results. */
  String label() {
    return label;
  }

  /** Its place in arrays that have one for each operation. */
  int index() {
    return index;
  }
}
