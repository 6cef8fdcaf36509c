package dev.postern.app.admin;

import dev.postern.app.report.Judgement;
import dev.postern.app.report.Mark;
import dev.postern.gatewayapi.resource.ObjectRef;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/// What the HTML pages have in common.
final class Frame {

  /// Read when the first HTML page is asked for.
  private static final class Style {
    static final String CSS = read();

    private static String read() {
      try (InputStream in = Frame.class.getResourceAsStream("admin.css")) {
        if (in == null) {
          throw new IllegalStateException("admin.css is not on the class path");
        }
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private Frame() {}

  static String head(AdminView view, String title) {
    Html html = new Html();
    html.raw("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    html.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    html.raw("<meta name=\"color-scheme\" content=\"light dark\">\n<title>").text(title);
    html.raw(" - Postern</title>\n<style>\n").raw(Style.CSS).raw("</style>\n</head>\n<body>\n");
    html.raw("<header><a class=\"brand\" href=\"/\">Postern</a><span class=\"state ");
    html.raw(view.state() == AdminView.State.LIVE ? "ok" : "warn").raw("\">");
    html.text(view.state().toString()).raw("</span><nav>");
    for (String path : new String[] {"/status", "/findings", "/clusters", "/stats", "/help"}) {
      html.raw("<a href=\"").text(path).raw("\">").text(path.substring(1)).raw("</a>");
    }
    return html.raw("</nav></header>\n<main>\n").toString();
  }

  static String foot() {
    return "</main>\n</body>\n</html>\n";
  }

  static String css(Mark mark) {
    return switch (mark) {
      case GOOD, NOTE -> "ok";
      case WARNING -> "warn";
      case BAD -> "bad";
    };
  }

  /// A sign that can be told from the others without seeing colours.
  static void mark(Html html, Mark mark) {
    html.raw("<span class=\"mark ").raw(css(mark)).raw("\">");
    html.raw(
        switch (mark) {
          case GOOD, NOTE -> "&#10003;<span class=\"sr\"> fine</span>";
          case WARNING -> "!<span class=\"sr\"> look at this</span>";
          case BAD -> "&#10007;<span class=\"sr\"> wrong</span>";
        });
    html.raw("</span>");
  }

  static void pill(Html html, Judgement judged) {
    html.raw("<span class=\"pill ").raw(css(judged.mark())).raw("\">");
    html.text(judged.condition().type()).raw(" ");
    html.text(judged.condition().status().text()).raw("</span>");
  }

  static String shortName(ObjectRef object) {
    return object.namespace().isEmpty() ? object.name() : object.namespace() + "/" + object.name();
  }
}
