package dev.postern.app.report;

import dev.postern.gatewayapi.resource.OneLine;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/// Rows of aligned columns, each with a mark in front and perhaps a text below. What they say may
/// come from tenants, and sends the terminal no commands.
final class Rows {
  private static final String GAP = "  ";
  private static final Pattern BLANKS = Pattern.compile("\\s+");
  private static final String BELOW = "      ";

  private record Row(Mark mark, String message, List<String> cells) {}

  private final List<String> heads;
  private final boolean alwaysWhere;
  private final List<Row> rows = new ArrayList<>();

  Rows(String... heads) {
    this(false, heads);
  }

  /// @param alwaysWhere whether a good row says where, too, when the terminal is narrow
  Rows(boolean alwaysWhere, String... heads) {
    this.alwaysWhere = alwaysWhere;
    this.heads = List.of(heads);
  }

  void add(Mark mark, String message, String... cells) {
    rows.add(new Row(mark, message, Arrays.stream(cells).map(Rows::harmless).toList()));
  }

  private static String harmless(String text) {
    return OneLine.of(text, Integer.MAX_VALUE);
  }

  /// Prints nothing where there is no row, else an empty line at the end. Where the terminal is too
  /// narrow the last column, which says where, moves below its row.
  void printTo(StringBuilder out, Style style) {
    if (rows.isEmpty()) {
      return;
    }
    int[] widths = widths();
    boolean narrow = Arrays.stream(widths).map(width -> width + GAP.length()).sum() > style.width();
    int columns = heads.size() - (narrow ? 1 : 0);
    out.append("  ").append(style.bold(line(heads.subList(0, columns), widths))).append('\n');
    for (Row row : rows) {
      String where = row.cells.getLast();
      String start = padded(row.cells.subList(0, row.cells.size() - 1), widths);
      boolean beside = !narrow && !where.isEmpty();
      out.append(style.sign(row.mark)).append(' ');
      out.append(beside ? start + style.faint(where) : start.stripTrailing()).append('\n');
      if (narrow && !where.isEmpty() && (alwaysWhere || row.mark != Mark.GOOD)) {
        out.append(BELOW).append(style.faint(where)).append('\n');
      }
      for (String line : wrap(row.message, style.width() - BELOW.length())) {
        out.append(BELOW).append(harmless(line)).append('\n');
      }
    }
    out.append('\n');
  }

  private int[] widths() {
    int[] widths = new int[heads.size()];
    for (int i = 0; i < widths.length; i++) {
      int column = i;
      int widest = rows.stream().mapToInt(row -> row.cells.get(column).length()).max().orElse(0);
      widths[i] = Math.max(heads.get(i).length(), widest);
    }
    return widths;
  }

  private static String line(List<String> cells, int[] widths) {
    return padded(cells, widths).stripTrailing();
  }

  private static String padded(List<String> cells, int[] widths) {
    var line = new StringBuilder();
    for (int i = 0; i < cells.size(); i++) {
      line.append(cells.get(i)).repeat(' ', widths[i] - cells.get(i).length()).append(GAP);
    }
    return line.toString();
  }

  /// Breaks at spaces; a word that is too long for a line gets one of its own.
  static List<String> wrap(String text, int width) {
    var lines = new ArrayList<String>();
    var line = new StringBuilder();
    for (String word : Arrays.asList(BLANKS.split(text.strip()))) {
      if (!line.isEmpty() && line.length() + 1 + word.length() > width) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : " ").append(word);
    }
    if (!line.isEmpty()) {
      lines.add(line.toString());
    }
    return lines;
  }
}
