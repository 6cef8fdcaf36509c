package dev.postern.app.report;

import dev.postern.gatewayapi.migrate.CommonDifference;
import dev.postern.gatewayapi.migrate.Judgement;
import dev.postern.gatewayapi.migrate.Migration;
import dev.postern.gatewayapi.migrate.Verdict;
import dev.postern.gatewayapi.resource.Finding;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A [Migration] as one page that needs nothing else. Judgements that say the same are one entry
/// with all their places, the worst first, to search and to tick off. The ticks are kept by the
/// browser, and are gone where something else is said of a place.
public final class MigrationHtml {
  private static final String HEAD =
      """
      <!doctype html>
      <html lang="en"><head><meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" \
      content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>Migration from ingress-nginx</title>
      <style>
      %s</style></head><body>
      <h1>Migration from ingress-nginx</h1>
      """;

  /// More findings are folded.
  private static final int FIRST = 10;

  /// What is said of several places.
  ///
  /// @param words in HTML
  private record Said(String subject, String words) {}

  private final StringBuilder out = new StringBuilder(1 << 16);

  private MigrationHtml() {}

  /// The page. All that comes from the input is escaped.
  public static String of(Migration migration) {
    var page = new MigrationHtml();
    page.out.append(HEAD.formatted(resource("migration.css")));
    page.bar(migration);
    page.findings(migration.findings());
    page.looks(migration);
    page.section("lost", "Not possible", migration, Verdict.NotPossible.class);
    page.section("different", "Different", migration, Verdict.Different.class);
    page.everywhere();
    page.section("same", "Same", migration, Verdict.Same.class);
    return page.out
        .append("<script>\n")
        .append(resource("migration.js"))
        .append("</script></body></html>\n")
        .toString();
  }

  private static String resource(String name) {
    try (InputStream in = MigrationHtml.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is not on the class path");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void bar(Migration migration) {
    out.append("<div class=\"bar\" hidden>");
    verdict("lost", "not possible", migration.count(Verdict.NotPossible.class), true);
    verdict("different", "different", migration.count(Verdict.Different.class), true);
    verdict("same", "same", migration.count(Verdict.Same.class), false);
    out.append("<label><input type=\"checkbox\" id=\"hide-done\"> hide what is ticked off</label>");
    out.append("<input type=\"search\" placeholder=\"Ingress, host, annotation, word\"");
    out.append(" aria-label=\"search\">");
    out.append("<span><progress value=\"0\"></progress> <span id=\"done\"></span></span>");
    out.append("<b id=\"kept\" hidden>This browser keeps no ticks for this page.</b></div>\n");
  }

  private void verdict(String name, String words, long count, boolean shown) {
    out.append("<label><input type=\"checkbox\" name=\"verdict\" value=\"").append(name);
    out.append(shown ? "\" checked> " : "\"> ").append(count).append(' ').append(words);
    out.append("</label>");
  }

  private void findings(List<Finding> findings) {
    if (findings.isEmpty()) {
      return;
    }
    out.append("<h2>Look at these first</h2>\n<ul class=\"first\">\n");
    findings.stream().limit(FIRST).forEach(this::finding);
    out.append("</ul>\n");
    if (findings.size() > FIRST) {
      out.append("<details><summary>").append(findings.size() - FIRST);
      out.append(" more</summary><ul class=\"more\">\n");
      findings.stream().skip(FIRST).forEach(this::finding);
      out.append("</ul></details>\n");
    }
  }

  private void finding(Finding finding) {
    out.append("<li><b>").append(escaped(FindingText.severity(finding))).append("</b> ");
    out.append(escaped(finding.message())).append(" <small>");
    out.append(escaped(finding.location().orElse(""))).append("</small></li>\n");
  }

  private void looks(Migration migration) {
    for (Migration.Looked look : migration.looks()) {
      out.append("<h3>").append(escaped(look.backend().toString())).append("</h3>\n<p>");
      out.append(escaped(look.words())).append("</p>\n<pre>");
      out.append(escaped(look.manifests())).append("</pre>\n");
    }
  }

  private void section(
      String verdict, String title, Migration migration, Class<? extends Verdict> kind) {
    Map<Said, List<Judgement>> groups = new LinkedHashMap<>();
    for (Judgement judgement : migration.judgements()) {
      if (kind.isInstance(judgement.verdict())) {
        groups.computeIfAbsent(said(judgement), key -> new ArrayList<>()).add(judgement);
      }
    }
    if (groups.isEmpty()) {
      return;
    }
    out.append("<section class=\"").append(verdict).append("\">\n<h2>").append(title);
    out.append("</h2>\n");
    groups.entrySet().stream()
        .sorted((a, b) -> Integer.compare(b.getValue().size(), a.getValue().size()))
        .forEach(group -> group(group.getKey(), group.getValue()));
    out.append("</section>\n");
  }

  private static Said said(Judgement judgement) {
    String words =
        switch (judgement.verdict()) {
          case Verdict.Same(String became) -> paragraph(escaped(became));
          case Verdict.Different(String how) -> paragraph(escaped(how));
          case Verdict.NotPossible(String why, String whatToDo) ->
              paragraph(escaped(why)) + paragraph("<b>To do:</b> " + escaped(whatToDo));
        };
    return new Said(judgement.subject(), words);
  }

  private static String paragraph(String html) {
    return "<p>" + html + "</p>";
  }

  private void group(Said said, List<Judgement> places) {
    boolean many = places.size() > 1;
    out.append("<article><input type=\"checkbox\" aria-label=\"done\"><div class=\"says\"><code>");
    out.append(escaped(said.subject)).append("</code>").append(said.words).append("</div>");
    out.append("<script type=\"application/json\">[");
    for (int i = 0; i < places.size(); i++) {
      out.append(i == 0 ? "" : ",\n");
      place(places.get(i));
    }
    out.append("]</script>");
    if (many) {
      out.append("<details><summary>").append(places.size());
      out.append(" places</summary><ul></ul></details></article>\n");
    } else {
      out.append("<ul></ul></article>\n");
    }
  }

  /// JSON within a script, where no `<` may end it.
  private void place(Judgement judgement) {
    out.append('[');
    json(judgement.ingress());
    json(judgement.host() + judgement.path());
    json(judgement.value().strip());
    json(judgement.location().orElse(""));
    out.setCharAt(out.length() - 1, ']');
  }

  private void json(String text) {
    out.append(JsonText.quoted(text).replace("<", "\\u003c")).append(',');
  }

  private void everywhere() {
    out.append("<h2>Different for every Ingress</h2>\n<ul class=\"first\">\n");
    for (CommonDifference each : CommonDifference.values()) {
      out.append("<li>").append(escaped(each.text())).append("</li>\n");
    }
    out.append("</ul>\n");
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }
}
