package dev.postern.app.report;

import dev.postern.gatewayapi.migrate.CommonDifference;
import dev.postern.gatewayapi.migrate.Judgement;
import dev.postern.gatewayapi.migrate.Migration;
import dev.postern.gatewayapi.migrate.Verdict;
import dev.postern.gatewayapi.resource.Finding;

/// A [Migration] as one page that needs nothing else: a row for each judgement, to filter and to
/// tick off. The ticks are kept by the browser.
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
      :root { color-scheme: light dark; --same: #18794e; --different: #8a5a00; --lost: #b42318; }
      @media (prefers-color-scheme: dark) {
        :root { --same: #4cc38a; --different: #f1a10d; --lost: #ff8b7e; } }
      body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 80rem;
        padding: 0 1rem; }
      table { border-collapse: collapse; width: 100%; }
      th, td { text-align: left; vertical-align: top; padding: .4rem .6rem;
        border-bottom: 1px solid #8884; overflow-wrap: anywhere; }
      td:nth-child(2) { white-space: nowrap; font-weight: 600; }
      .same td:nth-child(2) { color: var(--same); }
      .different td:nth-child(2) { color: var(--different); }
      .lost td:nth-child(2) { color: var(--lost); }
      label { margin-right: 1rem; } tr.done { opacity: .5; } code { font-size: .92em; }
      small { opacity: .75; }
      @media print { .filter { display: none; } body { margin: 0; max-width: none; }
        tr { break-inside: avoid; } thead { display: table-header-group; } }
      </style></head><body>
      <h1>Migration from ingress-nginx</h1>
      """;

  private static final String SCRIPT =
      """
      <script>
      const rows = document.querySelectorAll('tr[data-verdict]');
      for (const box of document.querySelectorAll('.filter input')) {
        box.addEventListener('change', () => rows.forEach(row => {
          if (row.dataset.verdict === box.value) row.hidden = !box.checked; }));
      }
      const load = key => { try { return localStorage.getItem(key); } catch (e) { return null; } };
      const keep = (key, on) => { try {
        if (on) localStorage.setItem(key, '1'); else localStorage.removeItem(key);
      } catch (e) { /* A browser may keep nothing for files. */ } };
      rows.forEach(row => {
        const box = row.querySelector('input'), key = 'postern-migrate ' + row.dataset.key;
        box.checked = load(key) === '1';
        row.classList.toggle('done', box.checked);
        box.addEventListener('change', () => {
          row.classList.toggle('done', box.checked);
          keep(key, box.checked);
        });
      });
      </script></body></html>
      """;

  private final StringBuilder out = new StringBuilder(HEAD);

  private MigrationHtml() {}

  /// The page. All that comes from the input is escaped.
  public static String of(Migration migration) {
    var page = new MigrationHtml();
    page.filters(migration);
    page.findings(migration);
    page.looks(migration);
    page.judgements(migration);
    page.everywhere();
    return page.out.append(SCRIPT).toString();
  }

  private void filters(Migration migration) {
    out.append("<p class=\"filter\">");
    filter("same", "same", migration.count(Verdict.Same.class));
    filter("different", "different", migration.count(Verdict.Different.class));
    filter("lost", "not possible", migration.count(Verdict.NotPossible.class));
    out.append("</p>\n");
  }

  private void filter(String verdict, String name, long count) {
    out.append("<label><input type=\"checkbox\" checked value=\"")
        .append(verdict)
        .append("\"> ")
        .append(count)
        .append(' ')
        .append(name)
        .append("</label>");
  }

  private void findings(Migration migration) {
    if (migration.findings().isEmpty()) {
      return;
    }
    out.append("<h2>Look at these first</h2>\n<ul>\n");
    for (Finding finding : migration.findings()) {
      out.append("<li><b>").append(escaped(FindingText.severity(finding))).append("</b> ");
      out.append(escaped(finding.message())).append(" <small>");
      out.append(escaped(finding.location().orElse(""))).append("</small></li>\n");
    }
    out.append("</ul>\n");
  }

  private void looks(Migration migration) {
    for (Migration.Looked look : migration.looks()) {
      out.append("<h3>").append(escaped(look.backend().toString())).append("</h3>\n<p>");
      out.append(escaped(look.words())).append("</p>\n<pre>");
      out.append(escaped(look.manifests())).append("</pre>\n");
    }
  }

  private void judgements(Migration migration) {
    out.append("<table><thead><tr><th>Done</th><th>Verdict</th><th>Ingress</th>");
    out.append("<th>Host and path</th><th>What</th><th>What became of it</th></tr></thead>\n");
    out.append("<tbody>\n");
    migration.judgements().forEach(this::row);
    out.append("</tbody></table>\n");
  }

  private void everywhere() {
    out.append("<h2>For every Ingress</h2>\n<ul>\n");
    for (CommonDifference each : CommonDifference.values()) {
      out.append("<li>").append(escaped(each.text())).append("</li>\n");
    }
    out.append("</ul>\n");
  }

  private void row(Judgement judgement) {
    String place = judgement.host() + judgement.path();
    String key = String.join(" ", judgement.ingress(), place, judgement.subject());
    String verdict =
        switch (judgement.verdict()) {
          case Verdict.Same _ -> "same";
          case Verdict.Different _ -> "different";
          case Verdict.NotPossible _ -> "lost";
        };
    String words =
        switch (judgement.verdict()) {
          case Verdict.Same(String became) -> escaped(became);
          case Verdict.Different(String how) -> escaped(how);
          case Verdict.NotPossible(String why, String whatToDo) ->
              escaped(why) + "<br><b>To do:</b> " + escaped(whatToDo);
        };
    out.append("<tr class=\"").append(verdict).append("\" data-verdict=\"").append(verdict);
    out.append("\" data-key=\"").append(escaped(key));
    out.append("\"><td><input type=\"checkbox\" aria-label=\"done\"></td><td>");
    out.append(verdict.equals("lost") ? "not possible" : verdict).append("</td><td>");
    out.append(escaped(judgement.ingress())).append("<br><small>");
    out.append(escaped(judgement.location().orElse(""))).append("</small></td><td>");
    out.append(escaped(place)).append("</td><td>").append(escaped(judgement.subject()));
    out.append("<br><code>").append(escaped(judgement.value())).append("</code></td><td>");
    out.append(words).append("</td></tr>\n");
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }
}
