package dev.postern.gatewayapi.load;

import java.util.Locale;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/// What a YAML parser says, in words that help the person who wrote the file.
final class YamlProblem {
  private YamlProblem() {}

  static String explain(MarkedYamlEngineException e) {
    String problem = e.getProblem() == null ? "" : e.getProblem();
    String lower = problem.toLowerCase(Locale.ROOT);
    if (lower.contains("(tab)") || lower.contains("'\\t")) {
      return "a tab is where YAML wants spaces; indent with spaces";
    }
    if (lower.contains("mapping values are not allowed")) {
      return "a ':' is where no key can be: the indentation does not fit the lines above, or a text"
          + " that holds ': ' needs quotes";
    }
    if (lower.contains("could not find expected ':'")) {
      return "a key without ':' is above this line, or its indentation does not fit";
    }
    if (lower.contains("expected <block end>")) {
      return "the indentation does not fit the lines above";
    }
    if (lower.contains("found unexpected end of stream")) {
      return "the file ends in the middle of a text in quotes";
    }
    if (lower.contains("undefined alias")) {
      return problem;
    }
    String context = e.getContext() == null ? "" : e.getContext() + ": ";
    return "this is not YAML: " + oneLine(context + problem);
  }

  static String explain(YamlEngineException e) {
    String message = e.getMessage() == null ? "" : e.getMessage();
    if (message.contains("special characters are not allowed")
        || message.contains("non-printable")
        || message.contains("unacceptable code point")) {
      return "this is not a text file: it holds control characters";
    }
    return "this is not YAML: " + oneLine(message);
  }

  private static String oneLine(String text) {
    String line = text.replaceAll("\\s+", " ").strip();
    return line.length() > 200 ? line.substring(0, 200) + "..." : line;
  }
}
