package dev.postern.app.admin;

import dev.postern.app.report.JsonText;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.stream.Stream;

/// Long arrays in JSON, in pieces.
final class Json {
  private Json() {}

  /// A member of an object that is an array.
  record Array<T>(String name, List<T> elements, Function<T, Object> tree) {
    private Stream<String> pieces() {
      AtomicBoolean more = new AtomicBoolean();
      Stream<String> each =
          elements.stream()
              .map(element ->
                  (more.getAndSet(true) ? ",\n" : "\n")
                      + JsonText.of(tree.apply(element)).indent(4).stripTrailing());
      String head = "  \"" + name + "\": [";
      String foot = elements.isEmpty() ? "]" : "\n  ]";
      return Stream.concat(Stream.concat(Stream.of(head), each), Stream.of(foot));
    }
  }

  /// `{"name": [...]}`, a piece for each element.
  static <T> Iterator<String> array(String name, List<T> elements, Function<T, Object> tree) {
    return arrays(List.of(new Array<>(name, elements, tree)));
  }

  /// An object of arrays, a piece for each element.
  static Iterator<String> arrays(List<Array<?>> arrays) {
    Stream<String> all = Stream.of("{\n");
    for (int i = 0; i < arrays.size(); i++) {
      all = Stream.concat(all, Stream.of(i == 0 ? "" : ",\n"));
      all = Stream.concat(all, arrays.get(i).pieces());
    }
    return Stream.concat(all, Stream.of("\n}\n")).iterator();
  }
}
