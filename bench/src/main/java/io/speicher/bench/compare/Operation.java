package io.speicher.bench.compare;

/** What clients do. */
enum Operation {
  GET("GET", "get=1,set=0"),
  SET("SET", "get=0,set=1"),
  MIXED("GET and SET 9:1", "get=9,set=1");

  final String title;

  /** In the words of the load generator. */
  final String mix;

  Operation(String title, String mix) {
    this.title = title;
    this.mix = mix;
  }
}
