package io.speicher.cli.copy;

/**
 * Undoes the compression of strings in RDB files.
 *
 * <p>Source: {@code lzf_d.c} of LibLZF by Marc Lehmann. A byte below 32 announces so many bytes and
 * one more as they are; any other one a repetition: three bits of its length, or seven for "more in
 * the next byte", and thirteen of its distance.
 */
final class Lzf {
  private Lzf() {}

  /**
   * Fills {@code out}.
   *
   * @return whether that was possible: whether {@code in} is well-formed and of that length
   */
  static boolean expand(byte[] in, byte[] out) {
    int from = 0;
    int to = 0;
    while (from < in.length) {
      int control = in[from++] & 0xFF;
      if (control < 32) {
        int length = control + 1;
        if (from + length > in.length || to + length > out.length) {
          return false;
        }
        System.arraycopy(in, from, out, to, length);
        from += length;
        to += length;
        continue;
      }
      int length = control >> 5;
      if (length == 7) {
        if (from == in.length) {
          return false;
        }
        length += in[from++] & 0xFF;
      }
      length += 2;
      if (from == in.length) {
        return false;
      }
      int source = to - ((control & 0x1F) << 8) - (in[from++] & 0xFF) - 1;
      if (source < 0 || to + length > out.length) {
        return false;
      }
      for (int i = 0; i < length; i++) { // They may overlap: then what was written is repeated.
        out[to++] = out[source++];
      }
    }
    return to == out.length;
  }
}
