package io.speicher.cluster;

import io.speicher.server.command.ClusterOptions;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.jgroups.Message;
import org.jgroups.auth.AuthToken;
import org.jgroups.util.Bits;
import org.jspecify.annotations.Nullable;

/**
 * What a node that joins has to have in common with the others: name, number of copies, and
 * release. No secret. JGroups makes it, by its name in {@link Stack}.
 */
public final class ClusterToken extends AuthToken {
  /** Set when it is this node's, or has been received. */
  private @Nullable String value;

  @Override
  public void init() {
    value = value(InfinispanCluster.current().options());
  }

  static String value(ClusterOptions options) {
    String release = ClusterToken.class.getPackage().getImplementationVersion();
    return "name=%s copies=%d release=%s".formatted(options.name(), options.copies(), release);
  }

  @Override
  public String getName() {
    return ClusterToken.class.getName();
  }

  @Override
  public boolean authenticate(@Nullable AuthToken token, Message message) {
    return token instanceof ClusterToken other && value != null && value.equals(other.value);
  }

  @Override
  public int size() {
    return Bits.sizeUTF(value);
  }

  @Override
  public void writeTo(DataOutput out) throws IOException {
    Bits.writeString(value, out);
  }

  @Override
  public void readFrom(DataInput in) throws IOException {
    value = Bits.readString(in);
  }
}
