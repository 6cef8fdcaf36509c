package dev.postern.gatewayapi.load;

import dev.postern.gatewayapi.load.Node.Fields;
import dev.postern.gatewayapi.load.Node.Items;
import dev.postern.gatewayapi.load.Node.Scalar;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/// YAML 1.2 and JSON text to trees, one per document. Scalars have the types that Kubernetes gives
/// them, anchors are expanded within limits, `<<` merges, duplicate keys are refused.
final class TreeReader {
  /// How deep a document may nest. The deepest field of a real manifest is at about 12.
  static final int MAX_DEPTH = 64;

  /// How many nodes aliases may add to a file.
  static final int MAX_ALIAS_NODES = 100_000;

  /// How many characters aliases may add to a file: as many as a whole file may have.
  static final int MAX_ALIAS_CHARACTERS = 16 * 1024 * 1024;

  private static final int BUFFER = 8192;
  private static final LoadSettings SETTINGS = settings(BUFFER);

  /// The parser has all of a scalar in its buffer and copies that whenever it reads on, so that a
  /// long one takes the square of its length by the buffer's.
  private static final int LARGE_BUFFER = 1024 * 1024;

  private final ParserImpl events;
  private final Map<String, Node> anchors = new HashMap<>();
  private final NodeBudget budget = new NodeBudget();
  private int aliasNodes;
  private long aliasCharacters;

  private final StreamReader characters;

  private TreeReader(String text) {
    LoadSettings settings = text.length() < LARGE_BUFFER ? SETTINGS : settings(LARGE_BUFFER);
    characters = new StreamReader(settings, text);
    events = new ParserImpl(settings, characters);
  }

  private static LoadSettings settings(int buffer) {
    return LoadSettings.builder()
        .setUseMarks(true)
        .setParseComments(false)
        .setCodePointLimit(Integer.MAX_VALUE)
        .setBufferSize(buffer)
        .build();
  }

  /// The documents of a file, the empty ones left out.
  static List<Node> read(String text) throws MalformedException {
    List<Node> plain = BlockReader.read(text);
    return plain == null ? readAny(text) : plain;
  }

  /// The same, whatever the style of the text.
  static List<Node> readAny(String text) throws MalformedException {
    TreeReader reader = new TreeReader(text);
    try {
      return reader.documents();
    } catch (MarkedYamlEngineException e) {
      int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(0);
      throw new MalformedException(line, YamlProblem.explain(e));
    } catch (YamlEngineException e) {
      throw new MalformedException(reader.unmarkedLine(text), YamlProblem.explain(e));
    } catch (IndexOutOfBoundsException | IllegalArgumentException | NullPointerException e) {
      // The scanner throws these at a few malformed inputs.
      throw new MalformedException(reader.unmarkedLine(text), "this is not YAML");
    }
  }

  /// Of a problem that the parser gives no place: the first character that no text has, which it
  /// meets as it reads ahead, else where it is.
  private int unmarkedLine(String text) {
    int line = 1;
    for (int at = 0; at < text.length(); at += Character.charCount(text.codePointAt(at))) {
      if (!StreamReader.isPrintable(text.codePointAt(at))) {
        return line;
      }
      line += text.charAt(at) == '\n' ? 1 : 0;
    }
    return characters.getLine() + 1;
  }

  private List<Node> documents() throws MalformedException {
    List<Node> documents = new ArrayList<>();
    while (events.hasNext()) {
      Event event = events.next();
      if (event.getEventId() == Event.ID.DocumentStart) {
        anchors.clear();
        Node root = node(events.next(), 0);
        if (!(root instanceof Scalar scalar && scalar.type() == ScalarType.NULL)) {
          documents.add(root);
        }
      }
    }
    return documents;
  }

  private Node node(Event event, int depth) throws MalformedException {
    if (depth > MAX_DEPTH) {
      throw tooDeep(event);
    }
    budget.take(line(event));
    return switch (event.getEventId()) {
      case Scalar -> anchored((ScalarEvent) event, scalar((ScalarEvent) event));
      case SequenceStart -> anchored((NodeEvent) event, items(event, depth));
      case MappingStart -> anchored((NodeEvent) event, fields(event, depth));
      case Alias -> expanded((AliasEvent) event, depth);
      default -> throw new MalformedException(line(event), "this is not YAML");
    };
  }

  private static MalformedException tooDeep(Event event) {
    return new MalformedException(
        line(event), "this nests more than " + MAX_DEPTH + " levels deep, which no manifest does");
  }

  private Node anchored(NodeEvent event, Node node) {
    Optional<Anchor> anchor = event.getAnchor();
    anchor.ifPresent(name -> anchors.put(name.getValue(), node));
    return node;
  }

  private Node expanded(AliasEvent event, int depth) throws MalformedException {
    String name = event.getAlias().getValue();
    Node target = anchors.get(name);
    if (target == null) {
      throw new MalformedException(
          line(event),
          "the alias *" + Checker.shown(name) + " has no anchor of that name before it");
    }
    aliasNodes += count(target, MAX_ALIAS_NODES - aliasNodes);
    if (aliasNodes >= MAX_ALIAS_NODES) {
      throw new MalformedException(
          line(event),
          "the aliases of this file expand to more than " + MAX_ALIAS_NODES + " nodes");
    }
    aliasCharacters += characters(target);
    if (aliasCharacters > MAX_ALIAS_CHARACTERS) {
      throw new MalformedException(
          line(event),
          "the aliases of this file expand to more than " + MAX_ALIAS_CHARACTERS + " characters");
    }
    // As deep as if it were written out here: each alias of a chain adds the levels of the one
    // before.
    if (depth + height(target) > MAX_DEPTH) {
      throw tooDeep(event);
    }
    return target.copy();
  }

  /// How many levels are below a node.
  private static int height(Node node) {
    int height = 0;
    switch (node) {
      case Scalar ignored -> {}
      case Items items -> {
        for (Node item : items.list()) {
          height = Math.max(height, 1 + height(item));
        }
      }
      case Fields fields -> {
        for (int i = 0; i < fields.size(); i++) {
          height = Math.max(height, 1 + height(fields.value(i)));
        }
      }
    }
    return height;
  }

  /// How many nodes a tree has; may stop counting at the limit.
  private static int count(Node node, int limit) {
    int total = 1;
    switch (node) {
      case Scalar ignored -> {}
      case Items items -> {
        for (Node item : items.list()) {
          total += total > limit ? 0 : count(item, limit - total);
        }
      }
      case Fields fields -> {
        for (int i = 0; i < fields.size() && total <= limit; i++) {
          total += count(fields.value(i), limit - total);
        }
      }
    }
    return total;
  }

  /// How long the texts of a tree are.
  private static long characters(Node node) {
    long total = 0;
    switch (node) {
      case Scalar scalar -> total = scalar.text().length();
      case Items items -> {
        for (Node item : items.list()) {
          total += characters(item);
        }
      }
      case Fields fields -> {
        for (int i = 0; i < fields.size(); i++) {
          total += fields.key(i).length() + characters(fields.value(i));
        }
      }
    }
    return total;
  }

  private Items items(Event start, int depth) throws MalformedException {
    List<Node> list = new ArrayList<>(4);
    for (Event event = events.next();
        event.getEventId() != Event.ID.SequenceEnd;
        event = events.next()) {
      list.add(node(event, depth + 1));
    }
    return new Items(list, line(start));
  }

  private Fields fields(Event start, int depth) throws MalformedException {
    Fields fields = new Fields(line(start));
    List<Fields> merged = List.of();
    for (Event event = events.next();
        event.getEventId() != Event.ID.MappingEnd;
        event = events.next()) {
      int keyLine = line(event);
      if (!(key(event, depth) instanceof Scalar key)) {
        throw new MalformedException(keyLine, "a key must be a text, not a list or a map");
      }
      Node value = node(events.next(), depth + 1);
      if (key.text().equals("<<") && event instanceof ScalarEvent written && written.isPlain()) {
        merged = mergeSources(value, keyLine);
        continue;
      }
      int before = fields.find(key.text());
      if (before >= 0) {
        throw new MalformedException(
            keyLine,
            "the key '"
                + Checker.shown(key.text())
                + "' is here twice; line "
                + fields.keyLine(before)
                + " has it too. Keep one of them");
      }
      fields.add(key.text(), value, keyLine);
    }
    for (Fields source : merged) {
      for (int i = 0; i < source.size(); i++) {
        if (!fields.has(source.key(i))) {
          fields.add(source.key(i), source.value(i), source.keyLine(i));
        }
      }
    }
    return fields;
  }

  /// Keys count as part of their values.
  private Node key(Event event, int depth) throws MalformedException {
    return event instanceof ScalarEvent plain
        ? anchored(plain, scalar(plain))
        : node(event, depth + 1);
  }

  private static List<Fields> mergeSources(Node value, int line) throws MalformedException {
    if (value instanceof Fields fields) {
      return List.of(fields);
    }
    List<Fields> sources = new ArrayList<>();
    if (value instanceof Items items) {
      for (Node item : items.list()) {
        if (item instanceof Fields fields) {
          sources.add(fields);
        }
      }
      if (sources.size() == items.list().size()) {
        return sources;
      }
    }
    throw new MalformedException(line, "'<<' merges a map or a list of maps, such as <<: *name");
  }

  private static Scalar scalar(ScalarEvent event) {
    String text = event.getValue();
    Optional<String> tag = event.getTag();
    ScalarType type;
    if (tag.isPresent()) {
      type =
          switch (tag.get()) {
            case "tag:yaml.org,2002:int",
                "tag:yaml.org,2002:float",
                "tag:yaml.org,2002:bool",
                "tag:yaml.org,2002:null" ->
                ScalarType.ofPlain(text);
            default -> ScalarType.TEXT;
          };
    } else {
      type = event.isPlain() ? ScalarType.ofPlain(text) : ScalarType.TEXT;
    }
    return new Scalar(text, type, line(event));
  }

  private static int line(Event event) {
    Optional<Mark> mark = event.getStartMark();
    return mark.isPresent() ? mark.get().getLine() + 1 : 0;
  }
}
