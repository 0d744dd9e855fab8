package io.speicher.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.store.Item;
import io.speicher.store.Ticker;
import io.speicher.store.segment.Geometry;
import io.speicher.store.segment.SegmentStore;
import java.util.concurrent.atomic.AtomicLong;
import org.infinispan.metadata.EmbeddedMetadata;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class StoreContainerTest {
  private static final byte[] REPLY = {1};
  private static final Key KEY = new Key("key".getBytes(UTF_8));

  private final AtomicLong ids = new AtomicLong();
  private final SegmentStore store = new SegmentStore(new Geometry(1 << 20, 16 << 10, 0), Ticker.system());
  private final RecentOperations recent = new RecentOperations(System::nanoTime);
  private final StoreContainer container =
      new StoreContainer(store, recent, new OwnedSegments(System::nanoTime));

  @AfterEach
  void close() {
    store.close();
  }

  /** As a backup may receive them while the topology changes. */
  @Test
  void write_thatComesLate_isNotStored() {
    put("second", 2);
    put("first", 1);
    assertThat(value()).isEqualTo("second");
    assertThat(recent.reply(ids.get())).isEqualTo(REPLY); // And is not executed again.
    put("third", 3);
    assertThat(value()).isEqualTo("third");
  }

  @Test
  void write_thatComesAfterADeletion_isNotStored() {
    write(Image.TOMBSTONE, 2);
    put("first", 1);
    assertThat(value()).isNull();
  }

  @Test
  void write_thatComesAgain_isStored() {
    put("first", 1);
    put("first", 1);
    assertThat(value()).isEqualTo("first");
  }

  private void put(String value, long rank) {
    write(new Image(value.getBytes(UTF_8), 0, 0, Item.NEVER), rank);
  }

  private void write(Image image, long rank) {
    container.put(
        KEY, image.by(ids.incrementAndGet(), REPLY, rank), new EmbeddedMetadata.Builder().build());
  }

  private @Nullable String value() {
    Image image = StoreContainer.read(store, KEY.buffer(), false);
    return image == null ? null : new String(requireNonNull(image.value()), UTF_8);
  }
}
