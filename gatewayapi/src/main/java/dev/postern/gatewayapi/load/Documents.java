package dev.postern.gatewayapi.load;

import dev.postern.gatewayapi.load.Node.Fields;
import dev.postern.gatewayapi.load.Node.Items;
import dev.postern.gatewayapi.load.Node.Scalar;
import dev.postern.gatewayapi.resource.Finding;
import dev.postern.gatewayapi.resource.Finding.Severity;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The objects of a file as they are written. Where a file is broken each of its documents is tried
/// by itself, so that one does not take the others along.
///
/// @param findings what could not be read
public record Documents(List<Document> documents, List<Finding> findings) {
  private static final Pattern BREAK = Pattern.compile("(?m)^---(?=\\s|$)");

  /// How deep lists of objects may lie in lists of objects.
  private static final int LIST_DEPTH = 4;

  /// Takes the text of a file. Never throws.
  ///
  /// @param file its path as a person knows it
  public static Documents read(String file, String text) {
    Documents read = new Documents(new ArrayList<>(), new ArrayList<>());
    String body = text.startsWith("\uFEFF") ? text.substring(1) : text;
    try {
      for (Node node : TreeReader.read(body)) {
        read.add(file, node, 0, 0);
      }
    } catch (MalformedException whole) {
      read.documents.clear();
      read.findings.clear();
      read.eachByItself(file, body);
    }
    return read;
  }

  private void eachByItself(String file, String body) {
    Matcher breaks = BREAK.matcher(body);
    int from = 0;
    int line = 0;
    boolean more = true;
    while (more) {
      more = breaks.find(Math.min(from + 1, body.length()));
      String part = body.substring(from, more ? breaks.start() : body.length());
      try {
        for (Node node : TreeReader.read(part)) {
          add(file, node, line, 0);
        }
      } catch (MalformedException e) {
        find(file, e.line() + line, "", problem(part, line, e));
      }
      line += (int) part.chars().filter(c -> c == '\n').count();
      from = more ? breaks.start() : body.length();
    }
  }

  /// In words that may name other lines: those of the file, not of the part.
  private static String problem(String part, int before, MalformedException ofPart) {
    try {
      TreeReader.read("\n".repeat(before) + part);
      return ofPart.problem();
    } catch (MalformedException ofFile) {
      return ofFile.problem();
    }
  }

  private void add(String file, Node node, int lines, int depth) {
    if (!(node instanceof Fields root)) {
      find(file, node.line() + lines, "", "an object must be a map, and this is " + node.noun());
      return;
    }
    String kind = root.textOrEmpty("kind");
    if (kind.endsWith("List") && root.get("items") instanceof Items items && depth < LIST_DEPTH) {
      for (Node item : items.list()) {
        add(file, item, lines, depth + 1);
      }
      return;
    }
    String apiVersion = root.textOrEmpty("apiVersion");
    if (kind.isEmpty() || apiVersion.isEmpty()) {
      String field = kind.isEmpty() ? "kind" : "apiVersion";
      find(file, root.line() + lines, field, "'" + field + "' is missing");
      return;
    }
    documents.add(new Document(apiVersion, kind, map(root), Manifest.origin(file, root, lines)));
  }

  private static Map<String, Object> map(Fields fields) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < fields.size(); i++) {
      Node value = fields.value(i);
      if (!(value instanceof Scalar scalar && scalar.type() == ScalarType.NULL)) {
        map.put(fields.key(i), plain(value));
      }
    }
    return map;
  }

  private static Object plain(Node node) {
    return switch (node) {
      case Fields fields -> map(fields);
      case Items items -> items.list().stream().map(Documents::plain).toList();
      case Scalar scalar -> scalar.text();
    };
  }

  private void find(String file, int line, String field, String message) {
    String location = line > 0 ? file + ":" + line : file;
    findings.add(
        new Finding(Severity.ERROR, Optional.empty(), field, Optional.of(location), message));
  }
}
