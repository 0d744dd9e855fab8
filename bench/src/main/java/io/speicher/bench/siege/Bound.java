package io.speicher.bench.siege;

/** One thing that a server under siege has to keep, and whether it did. */
record Bound(String what, String measured, String wanted, boolean isKept) {
  static Bound none(String what, long count) {
    return new Bound(what, "%,d".formatted(count), "0", count == 0);
  }

  static Bound atMost(String what, double measured, double most, String unit) {
    return new Bound(
        what,
        "%,.1f %s".formatted(measured, unit),
        "at most %,.0f %s".formatted(most, unit),
        measured <= most);
  }

  static Bound required(String what, String measured, String wanted) {
    return new Bound(what, measured, wanted, measured.equals(wanted));
  }
}
