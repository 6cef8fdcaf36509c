package dev.postern.proxy.exchange;

import dev.postern.ir.HeaderMutation;
import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.HeaderName;
import dev.postern.proxy.message.RequestHead;
import dev.postern.proxy.message.ResponseHead;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// A [HeaderMutation] made ready: names and values as octets.
final class HeaderChanges {
  private static final Set<String> FRAMING =
      Set.of("content-length", "transfer-encoding", "connection", "keep-alive", "upgrade", "te");

  static final HeaderChanges NONE = new HeaderChanges(HeaderMutation.NONE);

  private final byte[][] remove;
  private final byte[][] set;
  private final byte[][] add;

  private HeaderChanges(HeaderMutation mutation) {
    remove =
        mutation.remove().stream()
            .filter(HeaderChanges::free)
            .map(HeaderChanges::octets)
            .toArray(byte[][]::new);
    set = pairs(mutation.set());
    add = pairs(mutation.add());
  }

  static HeaderChanges of(HeaderMutation mutation) {
    return mutation.isEmpty() ? NONE : new HeaderChanges(mutation);
  }

  void apply(RequestHead request) {
    if (this == NONE) {
      return;
    }
    apply(request.headers());
    HeaderBlock headers = request.headers();
    int host = headers.find(HeaderName.HOST, 0);
    if (host >= 0) {
      // Host is the authority; the last that was said counts.
      for (int i = host; i >= 0; i = headers.find(HeaderName.HOST, i + 1)) {
        request.authority(headers.valueOffset(i), headers.valueLength(i));
      }
      headers.removeAll(HeaderName.HOST);
    }
  }

  void apply(ResponseHead response) {
    if (this != NONE) {
      apply(response.headers());
    }
  }

  private void apply(HeaderBlock headers) {
    for (byte[] name : remove) {
      headers.removeAll(name);
    }
    for (int i = 0; i < set.length; i += 2) {
      headers.removeAll(set[i]);
      headers.add(set[i], set[i + 1]);
    }
    for (int i = 0; i < add.length; i += 2) {
      headers.add(add[i], add[i + 1]);
    }
  }

  private static byte[][] pairs(List<HeaderMutation.HeaderValue> values) {
    return values.stream()
        .filter(v -> free(v.name()))
        .flatMap(v -> Stream.of(octets(v.name()), octets(v.value())))
        .toArray(byte[][]::new);
  }

  /// Where a message ends and what a connection does are not a route's to say.
  private static boolean free(String name) {
    return !FRAMING.contains(name);
  }

  private static byte[] octets(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
