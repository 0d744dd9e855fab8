package io.speicher.bench.compare;

/** What every contender is measured at: a row of a table. */
record Cell(Operation operation, int pipeline) {
  @Override
  public String toString() {
    return operation.title + ", pipeline " + pipeline;
  }
}
