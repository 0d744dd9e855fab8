package io.speicher.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.speicher.dialect.Account;
import io.speicher.store.Store;
import io.speicher.store.Ticker;
import io.speicher.store.segment.SegmentStore;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * What a test has opened: after it, all of that is closed, the last first, and whatever the test
 * did, no memory of its connections is left. Any thread may open something.
 */
final class Opened implements AfterEachCallback {
  private static final long ACCOUNT_BYTES = 128 << 20;
  private static final long STORE_BYTES = 64 << 20;

  private final List<AutoCloseable> resources = new CopyOnWriteArrayList<>();
  private final Account account;

  Opened() {
    this(new Account(ACCOUNT_BYTES, ACCOUNT_BYTES / 2));
  }

  /**
   * @param account of all servers that are started
   */
  Opened(Account account) {
    this.account = account;
  }

  Account account() {
    return account;
  }

  SpeicherServer start(ServerSettings settings) throws IOException {
    return start(settings, new SegmentStore(STORE_BYTES, Ticker.system()));
  }

  SpeicherServer start(ServerSettings settings, Store store) throws IOException {
    return add(SpeicherServer.start(settings, store, account));
  }

  <T extends AutoCloseable> T add(T resource) {
    resources.add(resource);
    return resource;
  }

  /** Closes all but these, and forgets them. */
  void closeAllBut(AutoCloseable... kept) throws Exception {
    List<AutoCloseable> others = List.of(kept);
    for (AutoCloseable resource : resources.reversed()) {
      if (!others.contains(resource)) {
        resource.close();
        resources.remove(resource);
      }
    }
  }

  @Override
  public void afterEach(ExtensionContext test) throws Exception {
    closeAllBut();
    assertThat(account.usedBytes()).isZero();
  }
}
