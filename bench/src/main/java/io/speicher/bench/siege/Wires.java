package io.speicher.bench.siege;

import java.util.List;

/** The dialects that the server speaks on its main port. */
final class Wires {
  static final Wire JSON = new JsonWire();
  static final Wire TEXT = new TextWire();
  static final List<Wire> RESP = List.of(new RespWire(2), new RespWire(3));

  static final List<Wire> ALL =
      List.of(JSON, RESP.getFirst(), RESP.getLast(), TEXT, new MetaWire(), new BinaryWire());

  private Wires() {}
}
