package dev.postern.app.difftraffic;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.postern.app.difftraffic.RecordedRequest.Field;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// HAR 1.2: `log.entries[].request` with its method, URL, headers and `postData.text`. What
/// browsers write there of HTTP/2, fields that begin with a colon, says nothing that the URL does
/// not.
final class HarReader {
  private static final String AS_HAR = "as it begins with a brace it is read as a HAR file, and ";
  private static final int MOST_FIELDS = 200;
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(50)
                  .maxStringLength(100 << 20) // bodies of responses, which are skipped
                  .build())
          .build();

  private final JsonParser parser;
  private final Requests into;
  private int entries;

  private HarReader(JsonParser parser, Requests into) {
    this.parser = parser;
    this.into = into;
  }

  static void read(InputStream in, Requests into) throws IOException {
    try (JsonParser parser = JSON.createParser(in)) {
      read(parser, into);
    } catch (JsonProcessingException e) {
      throw new IOException(AS_HAR + "its JSON is broken or ends" + where(e.getLocation()), e);
    }
  }

  private static void read(JsonParser parser, Requests into) throws IOException {
    try {
      parser.nextToken();
      new HarReader(parser, into).members("log");
    } catch (StreamConstraintsException e) {
      // It has no location of its own.
      throw new IOException(
          AS_HAR
              + "something in it is too long, or too deep"
              + where(parser.currentLocation())
              + ": leave that out",
          e);
    }
  }

  private static String where(@Nullable JsonLocation at) {
    return at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr();
  }

  /// Goes through an object. The names on the way are those of HAR.
  private void members(String wanted) throws IOException {
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      JsonToken value = parser.nextToken();
      if (!name.equals(wanted)) {
        parser.skipChildren();
      } else if (name.equals("log") && value == JsonToken.START_OBJECT) {
        members("entries");
      } else if (name.equals("entries") && value == JsonToken.START_ARRAY) {
        while (parser.nextToken() == JsonToken.START_OBJECT) {
          members("request");
        }
      } else if (name.equals("request") && value == JsonToken.START_OBJECT) {
        request();
      } else {
        parser.skipChildren();
      }
    }
  }

  private void request() throws IOException {
    String method = "";
    String url = "";
    String body = "";
    List<Field> fields = List.of();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      JsonToken value = parser.nextToken();
      if (name.equals("method")) {
        method = parser.getValueAsString("");
      } else if (name.equals("url")) {
        url = parser.getValueAsString("");
      } else if (name.equals("headers") && value == JsonToken.START_ARRAY) {
        fields = fields();
      } else if (name.equals("postData") && value == JsonToken.START_OBJECT) {
        body = text("text");
      } else {
        parser.skipChildren();
      }
    }
    into.add(RecordedRequest.of(method, url, fields, body), "entry " + ++entries);
  }

  private List<Field> fields() throws IOException {
    var fields = new ArrayList<Field>();
    while (parser.nextToken() == JsonToken.START_OBJECT) {
      String name = "";
      String value = "";
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String member = parser.currentName();
        parser.nextToken();
        if (member.equals("name")) {
          name = parser.getValueAsString("");
        } else if (member.equals("value")) {
          value = parser.getValueAsString("");
        } else {
          parser.skipChildren();
        }
      }
      if (fields.size() < MOST_FIELDS) {
        fields.add(new Field(name, value));
      }
    }
    return fields;
  }

  private String text(String wanted) throws IOException {
    String text = "";
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String member = parser.currentName();
      parser.nextToken();
      if (member.equals(wanted)) {
        text = parser.getValueAsString("");
      } else {
        parser.skipChildren();
      }
    }
    return text;
  }
}
