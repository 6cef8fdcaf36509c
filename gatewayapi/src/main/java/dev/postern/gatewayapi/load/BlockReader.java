package dev.postern.gatewayapi.load;

import dev.postern.gatewayapi.load.Node.Fields;
import dev.postern.gatewayapi.load.Node.Items;
import dev.postern.gatewayapi.load.Node.Scalar;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads the YAML that nearly all manifests are written in: ASCII, block style, one-line scalars
/// and flow collections, literal blocks, comments. It is several times as fast as a whole YAML
/// parser, the more so in a program that has just started, and that decides how long ten thousand
/// files take.
///
/// It gives up at anything else, at every mistake too: then [TreeReader] reads the text, and says
/// what is wrong with it. What both read gives the same trees.
final class BlockReader {
  private static final int LONGEST_KEY = 256;

  /// Ends the reading. Without a stack trace, as it happens for many good files.
  private static final class GaveUp extends Exception {
    private static final long serialVersionUID = 1L;

    private GaveUp() {
      super("not plain block style", null, false, false);
    }
  }

  private final String text;
  private final NodeBudget budget = new NodeBudget();

  /// Where the cursor is, the end of its line without trailing spaces, the start of the next line.
  private int at;

  private int end;
  private int next;

  /// The cursor's column and line; the column is -1 at the end of a document.
  private int column = -1;

  private int line;
  private boolean finished;

  private BlockReader(String text) {
    this.text = text;
  }

  /// The documents of a file, the empty ones left out; null when it is not for this reader.
  ///
  /// @throws MalformedException when it holds too much for anybody
  static @Nullable List<Node> read(String text) throws MalformedException {
    if (!isPlain(text)) {
      return null;
    }
    try {
      return new BlockReader(text).documents();
    } catch (GaveUp e) {
      return null;
    }
  }

  private static boolean isPlain(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ((c < ' ' && c != '\n') || c > '~') {
        return false;
      }
    }
    return true;
  }

  private List<Node> documents() throws GaveUp, MalformedException {
    List<Node> documents = new ArrayList<>();
    while (!finished) {
      advance();
      if (column >= 0) {
        documents.add(block(0));
        if (column >= 0) {
          throw new GaveUp();
        }
      }
    }
    return documents;
  }

  /// To the next line that is not blank and not a comment.
  private void advance() throws GaveUp {
    while (next < text.length()) {
      int from = next;
      int lineEnd = text.indexOf('\n', from);
      if (lineEnd < 0) {
        lineEnd = text.length();
      }
      next = lineEnd + 1;
      line++;
      int start = from;
      while (start < lineEnd && text.charAt(start) == ' ') {
        start++;
      }
      if (start < lineEnd && text.charAt(start) != '#') {
        if (start == from && isMarker(from, lineEnd)) {
          column = -1;
          return;
        }
        at = start;
        column = start - from;
        end = lineEnd;
        while (text.charAt(end - 1) == ' ') {
          end--;
        }
        return;
      }
    }
    column = -1;
    finished = true;
  }

  /// Whether a line divides documents.
  private boolean isMarker(int from, int lineEnd) throws GaveUp {
    if (text.startsWith("---", from)) {
      for (int i = from + 3; i < lineEnd; i++) {
        if (text.charAt(i) != ' ') {
          throw new GaveUp();
        }
      }
      return true;
    }
    if (text.startsWith("...", from) || text.charAt(from) == '%') {
      throw new GaveUp();
    }
    return false;
  }

  private Node block(int depth) throws GaveUp, MalformedException {
    if (depth >= TreeReader.MAX_DEPTH) {
      throw new GaveUp();
    }
    return isDash() ? items(false, depth) : fields(depth);
  }

  private boolean isDash() {
    return text.charAt(at) == '-' && (at + 1 == end || text.charAt(at + 1) == ' ');
  }

  /// @param flush whether it stands at the column of the key that it belongs to
  private Items items(boolean flush, int depth) throws GaveUp, MalformedException {
    if (depth >= TreeReader.MAX_DEPTH) {
      throw new GaveUp();
    }
    budget.take(line);
    int own = column;
    List<Node> list = new ArrayList<>(4);
    int first = line;
    while (column == own && isDash()) {
      int content = skipSpaces(at + 1);
      if (content >= end || text.charAt(content) == '#') {
        advance();
        if (column <= own) {
          throw new GaveUp();
        }
        list.add(block(depth + 1));
      } else {
        column += content - at;
        at = content;
        if (isDash() || keyEnd() >= 0) {
          list.add(block(depth + 1));
        } else {
          list.add(scalar(own, depth + 1));
        }
      }
    }
    if (column > own || (column == own && !flush)) {
      throw new GaveUp();
    }
    return new Items(list, first);
  }

  private Fields fields(int depth) throws GaveUp, MalformedException {
    budget.take(line);
    int own = column;
    Fields fields = new Fields(line);
    while (column == own) {
      int keyEnd = keyEnd();
      if (keyEnd < 0) {
        throw new GaveUp();
      }
      String key = text.substring(at, keyEnd);
      int keyLine = line;
      if (fields.has(key)) {
        throw new GaveUp();
      }
      int content = skipSpaces(keyEnd + 1);
      Node value;
      if (content >= end || text.charAt(content) == '#') {
        advance();
        if (column > own) {
          value = block(depth + 1);
        } else if (column == own && isDash()) {
          value = items(true, depth + 1);
        } else {
          budget.take(keyLine);
          value = new Scalar("", ScalarType.NULL, keyLine);
        }
      } else {
        at = content;
        value = scalar(own, depth + 1);
      }
      fields.add(key, value, keyLine);
    }
    if (column > own) {
      throw new GaveUp();
    }
    return fields;
  }

  private int skipSpaces(int from) {
    int i = from;
    while (i < end && text.charAt(i) == ' ') {
      i++;
    }
    return i;
  }

  /// Where the key at the cursor ends, which is where its colon is; -1 when there is no plain key.
  private int keyEnd() {
    int i = at;
    while (i < end && isKeyChar(text.charAt(i))) {
      i++;
    }
    boolean key =
        i > at
            && i - at <= LONGEST_KEY
            && text.charAt(at) != '-'
            && i < end
            && text.charAt(i) == ':'
            && (i + 1 == end || text.charAt(i + 1) == ' ');
    return key ? i : -1;
  }

  static boolean isKeyChar(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '.'
        || c == '-'
        || c == '/'
        || c == '_';
  }

  /// The scalar at the cursor; what follows must not be a continuation of it.
  ///
  /// @param parent the column of the map or list that it is in
  private Node scalar(int parent, int depth) throws GaveUp, MalformedException {
    char first = text.charAt(at);
    if (first == '[' || first == '{') {
      Node flow = flow(depth);
      endScalar(parent);
      return flow;
    }
    budget.take(line);
    if (first == '|') {
      return literal(parent);
    }
    Node scalar =
        switch (first) {
          case '"', '\'' -> quoted(first);
          case ',', ']', '}', '#', '&', '*', '!', '>', '%', '@', '`', '?', ':', '=', '<' ->
              throw new GaveUp();
          default -> plain();
        };
    endScalar(parent);
    return scalar;
  }

  private void endScalar(int parent) throws GaveUp {
    advance();
    if (column > parent) {
      throw new GaveUp();
    }
  }

  private Node quoted(char quote) throws GaveUp {
    int close = text.indexOf(quote, at + 1);
    if (close < 0 || close >= end) {
      throw new GaveUp();
    }
    requireEnd(close + 1);
    String inside = text.substring(at + 1, close);
    if (quote == '"' && inside.indexOf('\\') >= 0) {
      throw new GaveUp();
    }
    return new Scalar(inside, ScalarType.TEXT, line);
  }

  private Node flow(int depth) throws GaveUp, MalformedException {
    FlowReader flow = new FlowReader(text, at, end, line, budget);
    Node node = flow.read(depth);
    if (node == null) {
      throw new GaveUp();
    }
    requireEnd(flow.position());
    return node;
  }

  /// Nothing but a comment may follow.
  private void requireEnd(int from) throws GaveUp {
    int rest = skipSpaces(from);
    if (rest < end && (rest == from || text.charAt(rest) != '#')) {
      throw new GaveUp();
    }
  }

  private Node plain() throws GaveUp {
    int stop = end;
    for (int i = at; i < end; i++) {
      char c = text.charAt(i);
      if (c == ':' && (i + 1 == end || text.charAt(i + 1) == ' ')) {
        throw new GaveUp();
      }
      if (c == '#' && text.charAt(i - 1) == ' ') {
        stop = i;
        break;
      }
    }
    while (text.charAt(stop - 1) == ' ') {
      stop--;
    }
    if (isDash() || text.startsWith("---", at) || text.startsWith("...", at)) {
      throw new GaveUp();
    }
    String value = text.substring(at, stop);
    return new Scalar(value, ScalarType.ofPlain(value), line);
  }

  /// A block after `|` or `|-`.
  private Node literal(int parent) throws GaveUp {
    boolean strip = at + 1 < end && text.charAt(at + 1) == '-';
    if (at + (strip ? 2 : 1) != end || next >= text.length()) {
      throw new GaveUp();
    }
    int startLine = line;
    int indent = spaces(next);
    if (indent <= parent || next + indent >= text.length() || text.charAt(next + indent) == '\n') {
      throw new GaveUp();
    }
    StringBuilder content = new StringBuilder();
    int blank = 0;
    while (next < text.length()) {
      int lineEnd = text.indexOf('\n', next);
      if (lineEnd < 0) {
        // Whether the last line break is there decides about the value.
        throw new GaveUp();
      }
      int spaces = spaces(next);
      if (next + spaces == lineEnd) {
        if (spaces > indent) {
          throw new GaveUp();
        }
        blank++;
      } else if (spaces < indent) {
        break;
      } else {
        for (; blank > 0; blank--) {
          content.append('\n');
        }
        content.append(text, next + indent, lineEnd + 1);
      }
      line++;
      next = lineEnd + 1;
    }
    if (strip) {
      content.setLength(content.length() - 1);
    }
    advance();
    if (column > parent) {
      throw new GaveUp();
    }
    return new Scalar(content.toString(), ScalarType.TEXT, startLine);
  }

  private int spaces(int from) {
    int i = from;
    while (i < text.length() && text.charAt(i) == ' ') {
      i++;
    }
    return i - from;
  }
}
