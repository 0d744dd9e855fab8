package io.speicher.client.net;

import io.speicher.client.backend.KeyListener;
import io.speicher.protocol.Reply;
import io.speicher.protocol.json.JsonText;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * Hands what the server pushes to those who keep values.
 *
 * <p><b>Threads.</b> Any thread may {@link #listen}; the rest belongs to the I/O threads.
 */
final class ChangeHub {
  private final List<WeakReference<KeyListener>> listeners = new CopyOnWriteArrayList<>();

  void listen(KeyListener listener) {
    listeners.removeIf(known -> known.get() == null);
    listeners.add(new WeakReference<>(listener));
  }

  void changed(Reply.Invalidated push) {
    if (push.everything()) {
      allChanged();
      return;
    }
    for (ByteBuffer key : push.keys()) {
      if (JsonText.isUtf8(key)) { // No other keys are ours.
        String text = StandardCharsets.UTF_8.decode(key.duplicate()).toString();
        tellAll(listener -> listener.changed(text));
      }
    }
  }

  void allChanged() {
    tellAll(KeyListener::allChanged);
  }

  private void tellAll(Consumer<KeyListener> change) {
    for (WeakReference<KeyListener> known : listeners) {
      KeyListener listener = known.get();
      if (listener != null) {
        change.accept(listener);
      }
    }
  }
}
