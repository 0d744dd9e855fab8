package io.speicher.cluster;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.protocol.Glob;
import io.speicher.store.Item;
import io.speicher.store.Leases;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What travels between nodes. */
final class WireSchemaTest {
  private static final byte[] COMMAND = {1, 2};
  private static final byte[] REPLY = {3};
  private static final byte[] VALUE = {4, 5, 6};
  private static final Image DECISION = new Image(VALUE, 1, 0, 7, Item.NEVER, 5).by(42, 41, REPLY);

  private static Operation sent(Operation operation) {
    return WireSchema.operation(WireSchema.bytes(operation));
  }

  private static Image travelled(Image image) {
    return WireSchema.image(ByteBuffer.wrap(WireSchema.bytes(image)));
  }

  @Test
  void commandTravelsToThePrimary() {
    Operation operation = new Operation(COMMAND);
    Operation first = sent(operation);
    assertThat(first.id()).isEqualTo(operation.id());
    assertThat(first.command()).isEqualTo(COMMAND);
    assertThat(first.decision()).isNull();
    assertThat(first.takeRetry()).isFalse();
    assertThat(sent(operation).takeRetry()).isTrue();
  }

  /** First to the backups, then perhaps to another primary. */
  @Test
  void decisionTravels() {
    Operation operation = new Operation(42, COMMAND, DECISION, false, false);
    Operation first = sent(operation);
    assertThat(first.id()).isEqualTo(42);
    assertThat(first.command()).isEmpty();
    assertThat(first.decision()).usingRecursiveComparison().isEqualTo(DECISION);
    assertThat(sent(operation).command()).isEqualTo(COMMAND);
  }

  @Test
  void keysTravel() {
    Glob glob = new Glob(ByteBuffer.wrap(VALUE));
    KeysQuery query = KeysQuery.of(new KeysQuery(7, 1L << 40, 9, glob).bytes());
    assertThat(query.topologyId()).isEqualTo(7);
    assertThat(query.position()).isEqualTo(1L << 40);
    assertThat(query.count()).isEqualTo(9);
    assertThat(requireNonNull(query.pattern()).pattern()).isEqualTo(glob.pattern());
    assertThat(KeysQuery.of(new KeysQuery(7, 0, 0, null).bytes()).pattern()).isNull();

    KeyPage page = new KeyPage(5, 6, List.of(ByteBuffer.wrap(VALUE), ByteBuffer.wrap(REPLY)));
    assertThat(KeyPage.of(KeyPage.bytes(page))).isEqualTo(page);
    assertThat(KeyPage.of(KeyPage.bytes(null))).isNull();
  }

  /** It ends by the clock of the node that has given it. */
  @Test
  void lease_doesNotTravel() {
    long lease = Leases.newLease(1_000);
    int leased = Item.LEASED | Item.PLACEHOLDER;
    assertThat(travelled(new Image(new byte[0], 0, leased, 0, Item.NEVER, lease)).isTombstone())
        .isTrue();
    Image stale = travelled(new Image(VALUE, 1, Item.STALE | Item.LEASED, 7, Item.NEVER, lease));
    assertThat(stale.value()).isEqualTo(VALUE);
    assertThat(stale.marks()).isEqualTo(Item.STALE);
    assertThat(Leases.isLease(stale.version())).isFalse();
    Image plain = travelled(new Image(VALUE, 1, Item.LEASED, 7, Item.NEVER, 5));
    assertThat(plain.marks()).isEqualTo(Item.LEASED); // memcached's has no end of its own.
    assertThat(plain.version()).isEqualTo(5);
  }
}
