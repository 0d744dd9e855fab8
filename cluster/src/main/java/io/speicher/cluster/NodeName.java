package io.speicher.cluster;

import io.speicher.protocol.ClusterView;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a node is called in Infinispan, and so what the others know of it: where clients reach it,
 * and where nodes do, as Redis writes it: {@code host:port@port}.
 */
record NodeName(String host, int port, int busPort) {
  /** Infinispan may add something at the end. */
  private static final Pattern TEXT = Pattern.compile("(.+):(\\d+)@(\\d+)(\\D.*)?");

  private static final int ID_DIGITS = 40;

  static NodeName parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("not the name of a node: " + text);
    }
    return new NodeName(
        matcher.group(1), Integer.parseInt(matcher.group(2)), Integer.parseInt(matcher.group(3)));
  }

  String text() {
    return host + ":" + port + "@" + busPort;
  }

  ClusterView.Node node(boolean isMyself) {
    return new ClusterView.Node(id(), host, port, busPort, isMyself);
  }

  /** The same for the same address: 160 bits, as Redis has them. */
  private String id() {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest).substring(0, ID_DIGITS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
