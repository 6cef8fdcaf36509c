package dev.postern.gatewayapi.load;

import dev.postern.gatewayapi.resource.Finding;
import dev.postern.gatewayapi.resource.Finding.Severity;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The findings of one file, the first ones of it where there are more than anybody reads: a field
/// that does not exist may be there a million times.
final class FileFindings {
  /// Of errors, and of all others.
  static final int MOST = 10_000;

  private final String file;
  private final List<Finding> findings = new ArrayList<>();
  private int errors;
  private int others;

  FileFindings(String file) {
    this.file = file;
  }

  void add(Finding finding) {
    int number = finding.severity() == Severity.ERROR ? ++errors : ++others;
    if (number <= MOST) {
      findings.add(finding);
    }
  }

  /// Whether a further one that is no error is only counted. What it would say need not be known.
  boolean isFull() {
    return others >= MOST;
  }

  void clear() {
    findings.clear();
    errors = 0;
    others = 0;
  }

  /// All, in the order of the file, and how many are not among them.
  List<Finding> list() {
    if (errors <= MOST && others <= MOST) {
      return findings;
    }
    List<Finding> all = new ArrayList<>(findings);
    more(Severity.ERROR, errors, "errors", all);
    more(Severity.WARNING, others, "warnings and notes", all);
    return all;
  }

  private void more(Severity severity, int number, String noun, List<Finding> all) {
    if (number > MOST) {
      String message = number - MOST + " more " + noun + " of this file are not shown";
      all.add(new Finding(severity, Optional.empty(), "", Optional.of(file), message));
    }
  }
}
