package io.speicher.client.net;

import io.speicher.client.ChangeListener;
import io.speicher.protocol.Reply;
import io.speicher.protocol.json.JsonText;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Hands what the server pushes to those who keep values.
 *
 * <p><b>Threads.</b> Any thread may {@link #listen}; the rest belongs to the I/O threads.
 */
final class ChangeHub {
  /** One who keeps values whose keys begin with {@code prefix}. */
  private record Keeper(String prefix, WeakReference<ChangeListener> listener) {
    void changed(String key) {
      ChangeListener told = listener.get();
      if (told != null && key.startsWith(prefix)) {
        told.changed(key.substring(prefix.length()));
      }
    }

    void allChanged() {
      ChangeListener told = listener.get();
      if (told != null) {
        told.allChanged();
      }
    }
  }

  private final List<Keeper> keepers = new CopyOnWriteArrayList<>();

  void listen(String prefix, ChangeListener listener) {
    keepers.removeIf(keeper -> keeper.listener.get() == null);
    keepers.add(new Keeper(prefix, new WeakReference<>(listener)));
  }

  void changed(Reply.Invalidated push) {
    if (push.everything()) {
      allChanged();
      return;
    }
    for (ByteBuffer key : push.keys()) {
      if (JsonText.isUtf8(key)) { // No other keys are ours.
        String text = StandardCharsets.UTF_8.decode(key.duplicate()).toString();
        keepers.forEach(keeper -> keeper.changed(text));
      }
    }
  }

  void allChanged() {
    keepers.forEach(Keeper::allChanged);
  }
}
