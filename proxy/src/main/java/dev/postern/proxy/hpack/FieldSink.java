package dev.postern.proxy.hpack;

import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.HeaderName;
import org.jspecify.annotations.Nullable;

/// Takes the fields of one section as they are decoded.
public interface FieldSink {

  /// Begins a section.
  ///
  /// @return where its fields are to be laid
  HeaderBlock begin();

  /// A field stands behind the end of the block, its value directly behind its name. The sink says
  /// by [HeaderBlock#extend] what of it is to stay.
  ///
  /// @param pseudo what it is when its name begins with a colon; else null
  /// @param name of one without a colon
  /// @param nameWellFormed whether the name is a token in lower case; of no meaning with a colon
  /// @param valueWellFormed whether the value may stand in a message (RFC 9113 8.2.1)
  /// @param neverIndexed whether nobody on the way may keep it in a table (RFC 7541 6.2.3)
  void field(
      @Nullable Pseudo pseudo,
      HeaderName name,
      boolean nameWellFormed,
      int nameLength,
      int valueLength,
      boolean valueWellFormed,
      boolean neverIndexed);
}
