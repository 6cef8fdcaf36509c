package dev.postern.app.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// What stands behind a command's name, taken apart.
///
/// A parser of our own, as a library of that kind finds options by reflection and cannot be kept in
/// the JVM's AOT cache, which would make a third of the time from start to the first request.
///
/// @param options values by name without dashes; a flag's value is empty
/// @param given every value of every option, in order
/// @param operands what is no option
record Arguments(
    Map<String, String> options, List<Map.Entry<String, String>> given, List<String> operands) {

  /// What a command understands.
  ///
  /// @param flags long names of options without a value
  /// @param valued long names of options with one
  /// @param letters long names by their letter
  record Syntax(Set<String> flags, Set<String> valued, Map<Character, String> letters) {
    boolean knows(String name) {
      return flags.contains(name) || valued.contains(name);
    }

    String nearest(String name) {
      var all = new TreeSet<>(flags);
      all.addAll(valued);
      return all.stream()
          .min(Comparator.comparingInt(known -> distance(known, name)))
          .filter(known -> distance(known, name) <= 2)
          .map(known -> "; did you mean --" + known + "?")
          .orElse("");
    }
  }

  /// Reads `--name=value`, `--name value`, `-o value` and `--`, after which nothing is an option.
  ///
  /// @throws CommandFailure for what the syntax does not know
  static Arguments parse(Syntax syntax, List<String> words) {
    var options = new LinkedHashMap<String, String>();
    var given = new ArrayList<Map.Entry<String, String>>();
    var operands = new ArrayList<String>();
    var rest = new ArrayList<>(words).listIterator();
    boolean ended = false;
    while (rest.hasNext()) {
      String word = rest.next();
      if (ended || word.equals("-") || !word.startsWith("-")) {
        operands.add(word);
      } else if (word.equals("--")) {
        ended = true;
      } else {
        int equals = word.indexOf('=');
        String name = name(syntax, equals < 0 ? word : word.substring(0, equals));
        if (syntax.flags().contains(name)) {
          if (equals >= 0) {
            throw CommandFailure.misused("--" + name + " takes no value");
          }
          options.put(name, "");
        } else if (equals < 0 && !rest.hasNext()) {
          throw CommandFailure.misused("--" + name + " needs a value");
        } else {
          String value = equals < 0 ? rest.next() : word.substring(equals + 1);
          options.put(name, value);
          given.add(Map.entry(name, value));
        }
      }
    }
    return new Arguments(options, given, operands);
  }

  private static String name(Syntax syntax, String word) {
    if (word.startsWith("--") && syntax.knows(word.substring(2))) {
      return word.substring(2);
    }
    String name = word.length() == 2 ? syntax.letters().get(word.charAt(1)) : null;
    if (name == null) {
      throw CommandFailure.misused(
          "there is no option " + word + syntax.nearest(word.replaceFirst("^-+", "")));
    }
    return name;
  }

  /// Levenshtein's.
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        int best = Math.min(diagonal + change, Math.min(row[j], row[j - 1]) + 1);
        diagonal = row[j];
        row[j] = best;
      }
    }
    return row[b.length()];
  }

  boolean has(String name) {
    return options.containsKey(name);
  }

  /// All values of an option that may be given more than once.
  List<String> values(String name) {
    return given.stream()
        .filter(entry -> entry.getKey().equals(name))
        .map(Map.Entry::getValue)
        .toList();
  }

  Optional<String> value(String name) {
    return Optional.ofNullable(options.get(name));
  }

  /// @throws CommandFailure for what is no such number
  int number(String name, int usual, int least, int most) {
    String text = options.get(name);
    if (text == null) {
      return usual;
    }
    try {
      int number = Integer.parseInt(text);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw CommandFailure.misused(
        "--" + name + " takes a number from " + least + " to " + most + ", not '" + text + "'");
  }
}
