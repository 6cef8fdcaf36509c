package dev.postern.app.difftraffic;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Gathers what a file asks for, each request once.
public final class Requests {
  /// How many of those that cannot be sent are named.
  private static final int PLACES = 5;

  private final boolean allMethods;
  private final String host;
  private final int most;
  private final Set<RecordedRequest> requests = new LinkedHashSet<>();
  private int repeats;
  private int unsafe;
  private int unreadable;
  private final List<String> unreadablePlaces = new ArrayList<>();
  private int tooMany;

  /// @param allMethods whether those are wanted too that change something
  /// @param host of requests that name none
  /// @param most how many requests are kept
  public Requests(boolean allMethods, String host, int most) {
    this.allMethods = allMethods;
    this.host = host;
    this.most = most;
  }

  /// @param request absent where it could not be read
  /// @param where in the file
  void add(Optional<RecordedRequest> request, String where) {
    if (request.isEmpty()) {
      unreadable++;
      if (unreadablePlaces.size() < PLACES) {
        unreadablePlaces.add(where);
      }
    } else if (!allMethods && !request.get().isSafe()) {
      unsafe++;
    } else if (requests.contains(request.get().orHost(host))) {
      repeats++;
    } else if (requests.size() == most) {
      tooMany++;
    } else {
      requests.add(request.get().orHost(host));
    }
  }

  public List<RecordedRequest> list() {
    return List.copyOf(requests);
  }

  /// What is left out and why, a sentence each.
  public List<String> leftOut() {
    var left = new ArrayList<String>();
    if (unsafe > 0) {
      left.add(
          unsafe + " not sent, as their methods may change something; --all-methods sends them");
    }
    if (unreadable > 0) {
      left.add(
          unreadable
              + " not sent, as they are no requests that can be sent: "
              + String.join(", ", unreadablePlaces)
              + (unreadable > PLACES ? " ..." : ""));
    }
    if (tooMany > 0) {
      left.add(tooMany + " not sent, as they are beyond --limit " + most);
    }
    if (repeats > 0) {
      left.add(repeats + " not sent again, as they repeat others");
    }
    return left;
  }
}
