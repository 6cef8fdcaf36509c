package dev.postern.app.admin;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.stream.Stream;

/// Prints trees of maps, lists, texts, numbers and truth values.
final class Json {
  private static final JsonFactory FACTORY = new JsonFactory();

  private Json() {}

  /// On several lines, indented by two spaces.
  static String pretty(Object tree) {
    DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
    StringWriter out = new StringWriter();
    try (JsonGenerator generator = FACTORY.createGenerator(out)) {
      generator.setPrettyPrinter(
          new DefaultPrettyPrinter()
              .withObjectIndenter(indenter)
              .withArrayIndenter(indenter)
              .withSeparators(
                  Separators.createDefaultInstance()
                      .withObjectFieldValueSpacing(Separators.Spacing.AFTER)));
      write(generator, tree);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toString();
  }

  /// A text in quotes, which YAML reads as well.
  static String quote(String text) {
    return "\"" + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + "\"";
  }

  /// A member of an object that is an array.
  record Array<T>(String name, List<T> elements, Function<T, Object> tree) {
    private Stream<String> pieces() {
      AtomicBoolean more = new AtomicBoolean();
      Stream<String> each =
          elements.stream()
              .map(element ->
                  (more.getAndSet(true) ? ",\n" : "\n")
                      + pretty(tree.apply(element)).indent(4).stripTrailing());
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

  private static void write(JsonGenerator generator, Object tree) throws IOException {
    switch (tree) {
      case Map<?, ?> map -> {
        generator.writeStartObject();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          generator.writeFieldName(entry.getKey().toString());
          write(generator, entry.getValue());
        }
        generator.writeEndObject();
      }
      case Iterable<?> list -> {
        generator.writeStartArray();
        for (Object element : list) {
          write(generator, element);
        }
        generator.writeEndArray();
      }
      case Boolean truth -> generator.writeBoolean(truth);
      case Integer number -> generator.writeNumber(number);
      case Long number -> generator.writeNumber(number);
      case Double number -> generator.writeNumber(number);
      default -> generator.writeString(tree.toString());
    }
  }
}
