package dev.postern.proxy.authorization;

import dev.postern.proxy.message.HeaderBlock;
import dev.postern.proxy.message.RequestHead;
import dev.postern.proxy.message.ResponseHead;
import java.util.List;

/// What came of asking whether a request may pass.
public sealed interface Verdict {

  /// It may.
  ///
  /// @param remove names of the request's fields that go first
  /// @param request what then happens to the request's fields, in order
  /// @param query what happens to its query
  /// @param response what happens to the fields of the response
  record Allowed(
      List<byte[]> remove,
      List<FieldChange> request,
      List<QueryChange> query,
      List<FieldChange> response)
      implements Verdict {
    public Allowed {
      remove = List.copyOf(remove);
      request = List.copyOf(request);
      query = List.copyOf(query);
      response = List.copyOf(response);
    }

    /// To the request that goes on.
    public void apply(RequestHead head) {
      remove.forEach(head.headers()::removeAll);
      request.forEach(change -> change.apply(head.headers()));
      QueryChange.apply(query, head);
    }

    /// To the response that its client gets.
    public void apply(ResponseHead head) {
      response.forEach(change -> change.apply(head.headers()));
    }
  }

  /// It may not, and this is the answer to its client.
  ///
  /// @param status 200 to 599
  /// @param fields of the answer
  record Denied(int status, List<FieldChange> fields, byte[] body) implements Verdict {
    private static final int FORBIDDEN = 403;
    private static final int NO_CONTENT = 204;
    private static final int NOT_MODIFIED = 304;

    public Denied {
      fields = List.copyOf(fields);
      status = status < 200 || status > 599 ? FORBIDDEN : status;
      body = status == NO_CONTENT || status == NOT_MODIFIED ? new byte[0] : body;
    }

    /// Adds its fields to an answer that has its status and body already.
    public void apply(ResponseHead head) {
      HeaderBlock headers = head.headers();
      fields.forEach(field -> headers.removeAll(field.name()));
      fields.forEach(field -> headers.add(field.name(), field.value()));
      if (status == NO_CONTENT || status == NOT_MODIFIED) {
        head.contentLength(ResponseHead.UNKNOWN_LENGTH);
      }
    }
  }

  /// Nobody said anything that could be understood.
  ///
  /// @param reason for the log: never for a client
  record Failed(String reason) implements Verdict {}
}
