package dev.postern.proxy.hpack;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.HeaderName;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Notes what a decoder says of fields. Every second one stays in the arena.
final class NotedFields implements FieldSink {
  /// As `name: value`.
  final List<String> plain = new ArrayList<>();

  /// The same, with what is wrong with them in front.
  final List<String> fields = new ArrayList<>();

  /// Of [#plain] those that may stand in no table.
  final List<String> secret = new ArrayList<>();

  private final HeaderBlock block = new HeaderBlock();

  @Override
  public HeaderBlock begin() {
    block.clear();
    plain.clear();
    secret.clear();
    fields.clear();
    return block;
  }

  @Override
  public void field(
      @Nullable Pseudo pseudo,
      HeaderName name,
      boolean nameWellFormed,
      int nameLength,
      int valueLength,
      boolean valueWellFormed,
      boolean neverIndexed) {
    int at = block.length();
    String text = new String(block.bytes(), at, nameLength, ISO_8859_1);
    assertThat(pseudo != null).isEqualTo(text.startsWith(":"));
    if (name != HeaderName.OTHER) {
      assertThat(text).isEqualTo(name.text());
    }
    String field =
        text + ": " + new String(block.bytes(), at + nameLength, valueLength, ISO_8859_1);
    plain.add(field);
    if (neverIndexed) {
      secret.add(field);
    }
    fields.add((nameWellFormed ? "" : "NAME ") + (valueWellFormed ? "" : "VALUE ") + field);
    if (fields.size() % 2 == 0) {
      block.extend(nameLength + valueLength);
    }
  }
}
