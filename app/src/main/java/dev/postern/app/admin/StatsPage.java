package dev.postern.app.admin;

import dev.postern.stats.StatFilter;
import dev.postern.stats.StatJson;
import dev.postern.stats.StatPrometheus;
import dev.postern.stats.StatText;

/// `/stats` and `/stats/prometheus`.
final class StatsPage {
  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

  private StatsPage() {}

  static Answer any(Request request, AdminView view) {
    String format = request.format("text");
    return switch (format) {
      case "text" -> Answer.text(StatText.pieces(view.stats(), filter(request)));
      case "json" -> Answer.json(StatJson.pieces(view.stats(), filter(request)));
      case "prometheus" -> prometheus(request, view);
      default -> Answer.unknownFormat(format, "text, json, prometheus");
    };
  }

  static Answer prometheus(Request request, AdminView view) {
    return new Answer(200, PROMETHEUS, StatPrometheus.pieces(view.stats(), filter(request)));
  }

  private static StatFilter filter(Request request) {
    return new StatFilter(NameFilter.found(request, "filter"), request.flag("usedonly"));
  }
}
