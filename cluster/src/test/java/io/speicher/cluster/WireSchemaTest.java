package io.speicher.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.store.Item;
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
}
