package dev.postern.app.difftraffic;

import dev.postern.app.difftraffic.RecordedRequest.Field;
import java.util.List;

/// What came of a request.
public sealed interface Answer {

  /// A whole response.
  ///
  /// @param body not more of it than the limit; without its Content-Encoding if that is gzip
  /// @param cut whether there was more of it
  record Response(int status, List<Field> fields, byte[] body, boolean cut) implements Answer {
    /// All values of a field, as they came.
    List<String> values(String name) {
      return fields.stream().filter(field -> field.isNamed(name)).map(Field::value).toList();
    }
  }

  /// It was reached, but did not give a whole response.
  record Broken(String why) implements Answer {}

  /// There is no connection to it.
  record Unreached(String why) implements Answer {}
}
