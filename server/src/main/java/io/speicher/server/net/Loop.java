package io.speicher.server.net;

import io.speicher.server.command.CommandExecutor;

/** What the connections of an event loop share: only its thread uses it. */
public record Loop(
    CommandExecutor executor, Dialects dialects, Inbox inbox, Outbox outbox, Turn turn) {}
