package io.speicher.client;

import io.speicher.client.wire.Address;
import io.speicher.client.wire.Login;
import io.speicher.client.wire.Tls;
import org.jspecify.annotations.Nullable;

/** What a {@link SpeicherClient.Builder} has decided, all of it valid. */
record Settings(
    Address server,
    @Nullable Login login,
    @Nullable Tls tls,
    long timeoutNanos,
    int connectTimeoutMillis,
    int maxPending,
    int maxFrameBytes) {}
