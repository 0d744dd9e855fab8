package io.speicher.cli.operate;

/** What a server has done between two readings of INFO. */
public record Activity(ServerInfo before, ServerInfo now) {

  /** How much a counter grew a second; NaN if there is none, or if it was reset meanwhile. */
  public double rate(String counter) {
    double growth = growth(counter);
    return growth < 0 ? Double.NaN : growth / seconds();
  }

  private double growth(String counter) {
    return now.number(counter) - before.number(counter);
  }

  public double seconds() {
    return (now.nanos() - before.nanos()) / 1e9;
  }

  /** Of the keys that were asked for, the share that had an item; NaN if none was. */
  public double hitRatio() {
    double hits = growth("keyspace_hits");
    return hits / (hits + growth("keyspace_misses"));
  }

  /** How many processors the server kept busy. */
  public double processors() {
    return rate("used_cpu_user") + rate("used_cpu_sys");
  }
}
