package io.speicher.bench.siege;

import java.util.List;

/** The dialects that the server speaks on its main port. */
final class Wires {
  static final List<Wire> RESP = List.of(new RespWire(2), new RespWire(3));

  static final List<Wire> ALL =
      List.of(
          new JsonWire(),
          RESP.getFirst(),
          RESP.getLast(),
          new TextWire(),
          new MetaWire(),
          new BinaryWire());

  private Wires() {}
}
