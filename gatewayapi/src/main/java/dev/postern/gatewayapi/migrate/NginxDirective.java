package dev.postern.gatewayapi.migrate;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// One directive of nginx's language: a name and words up to `;`, or up to a block in braces.
///
/// @param arguments without their quotes
/// @param isBlock whether braces follow, even empty ones
record NginxDirective(
    String name, List<String> arguments, boolean isBlock, List<NginxDirective> block) {

  /// Deeper blocks become part of the one around them.
  private static final int MAX_DEPTH = 16;

  /// What a text says. Takes any text: what is not closed ends with the text.
  static List<NginxDirective> parse(String text) {
    List<NginxDirective> top = new ArrayList<>();
    Deque<List<NginxDirective>> open = new ArrayDeque<>();
    open.push(top);
    List<String> words = new ArrayList<>();
    int at = 0;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '#') {
        int end = text.indexOf('\n', at);
        at = end < 0 ? text.length() : end;
      } else if (Character.isWhitespace(c)) {
        at++;
      } else if (c == ';' || c == '{' || c == '}') {
        List<NginxDirective> block = end(words, c == '{', open.getFirst());
        if (c == '{' && open.size() < MAX_DEPTH) {
          open.push(block);
        } else if (c == '}' && open.size() > 1) {
          open.pop();
        }
        at++;
      } else {
        at = word(text, at, words);
      }
    }
    end(words, false, open.getFirst());
    return top;
  }

  private static List<NginxDirective> end(
      List<String> words, boolean isBlock, List<NginxDirective> into) {
    List<NginxDirective> block = new ArrayList<>();
    if (!words.isEmpty()) {
      List<String> arguments = List.copyOf(words.subList(1, words.size()));
      into.add(new NginxDirective(words.getFirst(), arguments, isBlock, block));
      words.clear();
    }
    return block;
  }

  /// Adds the word that starts there and returns where it ends.
  private static int word(String text, int from, List<String> words) {
    StringBuilder word = new StringBuilder();
    char first = text.charAt(from);
    boolean quoted = first == '"' || first == '\'';
    int at = quoted ? from + 1 : from;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '\\' && at + 1 < text.length()) {
        char next = text.charAt(at + 1);
        if (next != '"' && next != '\'' && next != '\\') {
          word.append(c);
        }
        word.append(next);
        at += 2;
      } else if (quoted && c == first) {
        at++;
        break;
      } else if (!quoted && c == '$' && text.startsWith("${", at)) {
        int close = text.indexOf('}', at);
        int end = close < 0 ? text.length() : close + 1;
        word.append(text, at, end);
        at = end;
      } else if (!quoted && (Character.isWhitespace(c) || c == ';' || c == '{' || c == '}')) {
        break;
      } else {
        word.append(c);
        at++;
      }
    }
    words.add(word.toString());
    return at;
  }

  String argument(int number) {
    return number < arguments.size() ? arguments.get(number) : "";
  }

  /// As one line.
  String text() {
    String line = arguments.isEmpty() ? name : name + " " + String.join(" ", arguments);
    return isBlock ? line + " {...}" : line;
  }
}
