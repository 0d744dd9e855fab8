package io.speicher.protocol;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a server counts from its start, or from the last {@link Command.ResetStats}. */
public enum Counter implements Metric {
  COMMANDS("total_commands_processed", null, "Commands of any dialect, including those refused."),
  ERRORS("total_error_replies", null, "Commands that were refused or failed."),
  CONNECTIONS("total_connections_received", "total_connections", "Connections accepted."),
  REJECTED_CONNECTIONS(
      "rejected_connections",
      "rejected_connections",
      "Connections closed because there were too many."),
  TLS_ERRORS(
      null,
      "ssl_handshake_errors",
      "TLS handshakes that failed, and peers that spoke plain text where only TLS is spoken."),
  DENIED_LOGINS(
      "acl_access_denied_auth", "auth_errors", "Times that a peer said a wrong user or password."),
  DENIED_COMMANDS(
      "acl_access_denied_cmd", null, "Commands that the user was not allowed to execute."),
  DENIED_KEYS("acl_access_denied_key", null, "Commands with a key that the user may not use so."),
  READ_BYTES("total_net_input_bytes", "bytes_read", Unit.BYTES, "Bytes received."),
  WRITTEN_BYTES("total_net_output_bytes", "bytes_written", Unit.BYTES, "Bytes sent."),
  GET_HITS("keyspace_hits", "get_hits", "Keys asked for that had an item."),
  GET_MISSES("keyspace_misses", "get_misses", "Keys asked for that had none."),
  SETS(null, "cmd_set", "Items to be stored, whatever became of it."),
  CAS_HITS(null, "cas_hits", "Writes on condition of a version that was met."),
  CAS_OTHER_VERSION(null, "cas_badval", "Writes on condition of a version that was another."),
  CAS_MISSES(null, "cas_misses", "Writes on condition of a version where there was no item."),
  DELETE_HITS(null, "delete_hits", "Items deleted."),
  DELETE_MISSES(null, "delete_misses", "Keys to be deleted that had no item."),
  TOUCH_HITS(null, "touch_hits", "Items whose expiry was set."),
  TOUCH_MISSES(null, "touch_misses", "Keys whose expiry was to be set that had no item."),
  INCREMENT_HITS(null, "incr_hits", "Numbers increased."),
  INCREMENT_MISSES(null, "incr_misses", "Keys to be increased that had no item."),
  DECREMENT_HITS(null, "decr_hits", "Numbers decreased."),
  DECREMENT_MISSES(null, "decr_misses", "Keys to be decreased that had no item."),
  CLEARS(
      null, "cmd_flush", "Times that everything, or all items of a namespace, were to be deleted."),
  TAG_CLEARS(null, null, "Times that all items with some tags were to be deleted.");

  private static final String INFO_SECTION = "Stats";

  private final @Nullable String infoName;
  private final @Nullable String memcachedName;
  private final Unit unit;
  private final String help;

  Counter(@Nullable String infoName, @Nullable String memcachedName, String help) {
    this(infoName, memcachedName, Unit.COUNT, help);
  }

  Counter(@Nullable String infoName, @Nullable String memcachedName, Unit unit, String help) {
    this.infoName = infoName;
    this.memcachedName = memcachedName;
    this.unit = unit;
    this.help = help;
  }

  @Override
  public Unit unit() {
    return unit;
  }

  @Override
  public boolean isTotal() {
    return true;
  }

  @Override
  public String help() {
    return help;
  }

  @Override
  public String jsonName() {
    return name().toLowerCase(Locale.ROOT);
  }

  @Override
  public @Nullable String infoSection() {
    return infoName == null ? null : INFO_SECTION;
  }

  @Override
  public @Nullable String infoName() {
    return infoName;
  }

  @Override
  public @Nullable String memcachedName() {
    return memcachedName;
  }
}
