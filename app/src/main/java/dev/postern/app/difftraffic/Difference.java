package dev.postern.app.difftraffic;

import java.util.List;

/// One thing in which two answers differ.
public sealed interface Difference {

  /// What differs, without the values: differences of one kind belong together.
  String subject();

  /// The status.
  record Status(int before, int now) implements Difference {
    @Override
    public String subject() {
      return "status " + before + " became " + now;
    }
  }

  /// A header field. An empty list is a field that is not there.
  ///
  /// @param name as the answers write it
  record Header(String name, List<String> before, List<String> now) implements Difference {
    @Override
    public String subject() {
      return name + (before.isEmpty() ? " came" : now.isEmpty() ? " is gone" : " changed");
    }
  }

  /// The body.
  ///
  /// @param at the first octet that differs
  /// @param before what stands there, printable, not long
  record Body(int at, String before, String now) implements Difference {
    @Override
    public String subject() {
      return "body";
    }
  }

  /// One of them gave no whole answer, or both for different reasons. An empty text is an answer.
  record Failure(String before, String now) implements Difference {
    @Override
    public String subject() {
      return before.isEmpty()
          ? "no answer any more"
          : now.isEmpty() ? "an answer where there was none" : "no answer from both";
    }
  }
}
