package dev.postern.gatewayapi.resolve;

import java.util.ArrayDeque;
import java.util.Deque;

/// How large an expression gets when it is compiled, told from its text alone. What is not valid
/// has some size too: whoever compiles it afterwards says what is wrong.
///
/// @param instructions at least as many as the compiled program has, but for a handful
/// @param repetitions the largest product of counts that stand inside each other, as RE2 forms it
record Re2Size(long instructions, long repetitions) {
  /// RE2's limit, of a single count and of the product.
  static final int MAX_REPETITIONS = 1_000;

  private static final Re2Size EMPTY = new Re2Size(0, 1);
  private static final Re2Size ONE = new Re2Size(1, 1);

  /// What a group costs besides what is in it.
  private static final Re2Size BRACKETS = new Re2Size(2, 1);

  static Re2Size of(String expression) {
    return new Reader(expression).read();
  }

  private Re2Size plus(Re2Size next) {
    return new Re2Size(instructions + next.instructions, Math.max(repetitions, next.repetitions));
  }

  private Re2Size plus(int more) {
    return new Re2Size(instructions + more, repetitions);
  }

  /// No more than the text's length of such steps, and each at most a thousandfold: what overflows
  /// stays at the largest value.
  private Re2Size times(int least, int most) {
    int copies = Math.max(1, Math.max(least, most));
    long optional = Math.max(2, most - least);
    long body = saturated(instructions, copies);
    return new Re2Size(
        Math.min(Long.MAX_VALUE / 4, body + optional), saturated(repetitions, copies));
  }

  private static long saturated(long a, long b) {
    return a > Long.MAX_VALUE / 8 / b ? Long.MAX_VALUE / 8 : a * b;
  }

  /// Reads an expression once, from left to right.
  private static final class Reader {
    private final String text;
    private final Deque<Re2Size> outer = new ArrayDeque<>();
    private int at;
    private Re2Size before = EMPTY;
    private Re2Size atom = EMPTY;

    private Reader(String text) {
      this.text = text;
    }

    private Re2Size read() {
      while (at < text.length()) {
        step(text.charAt(at++));
      }
      while (!outer.isEmpty()) {
        close();
      }
      return before.plus(atom);
    }

    private void step(char c) {
      switch (c) {
        case '\\' -> escape();
        case '[' -> {
          skipClass();
          next(ONE);
        }
        case '(' -> open();
        case ')' -> close();
        case '|' -> next(new Re2Size(2, 1));
        case '*' -> atom = atom.plus(2);
        case '+', '?' -> atom = atom.plus(1);
        case '{' -> braces();
        default -> next(ONE);
      }
    }

    private void next(Re2Size following) {
      before = before.plus(atom);
      atom = following;
    }

    /// `(?i)` is no group: a repetition after it is of what stands before it.
    private void open() {
      if (text.startsWith("?", at)) {
        int end = text.indexOf(')', at);
        int head = Math.min(found(':', end), found('>', end));
        if (end >= 0) {
          at = head + 1;
        }
        if (end >= 0 && head == end) {
          return;
        }
      }
      next(EMPTY);
      outer.push(before);
      before = BRACKETS;
    }

    /// Where this is before that end, or the end.
    private int found(char c, int end) {
      int found = text.indexOf(c, at);
      return found < 0 || found > end ? end : found;
    }

    private void close() {
      if (outer.isEmpty()) {
        return;
      }
      Re2Size group = before.plus(atom);
      before = outer.pop();
      atom = group.equals(BRACKETS) ? group.plus(1) : group;
    }

    /// `{2}`, `{2,}`, `{2,5}`; anything else is text.
    private void braces() {
      int end = text.indexOf('}', at);
      int comma = text.indexOf(',', at);
      int middle = comma < 0 || comma > end ? end : comma;
      int least = end < 0 ? -1 : count(at, middle);
      int most = middle == end || middle + 1 == end ? least : count(middle + 1, end);
      if (least < 0 || most < 0) {
        next(ONE);
        return;
      }
      atom = atom.times(least, most);
      at = end + 1;
    }

    /// The digits there, at most as large as matters; -1 for anything else.
    private int count(int from, int to) {
      if (from >= to) {
        return -1;
      }
      int number = 0;
      for (int i = from; i < to; i++) {
        int digit = text.charAt(i) - '0';
        if (digit < 0 || digit > 9) {
          return -1;
        }
        number = Math.min(MAX_REPETITIONS + 1, number * 10 + digit);
      }
      return number;
    }

    private void escape() {
      char what = at < text.length() ? text.charAt(at++) : ' ';
      if (what == 'Q') {
        int end = text.indexOf("\\E", at);
        int last = end < 0 ? text.length() : end;
        for (int i = at; i < last; i++) {
          next(ONE);
        }
        at = end < 0 ? last : end + 2;
        return;
      }
      if ((what == 'p' || what == 'P' || what == 'x') && text.startsWith("{", at)) {
        int end = text.indexOf('}', at);
        at = end < 0 ? text.length() : end + 1;
      }
      next(ONE);
    }

    private void skipClass() {
      if (text.startsWith("^", at)) {
        at++;
      }
      boolean first = true;
      while (at < text.length() && (first || text.charAt(at) != ']')) {
        first = false;
        if (text.charAt(at) == '\\') {
          at += 2;
        } else if (text.startsWith("[:", at) && text.indexOf(":]", at) > 0) {
          at = text.indexOf(":]", at) + 2;
        } else {
          at++;
        }
      }
      at = Math.min(text.length(), at + 1);
    }
  }
}
