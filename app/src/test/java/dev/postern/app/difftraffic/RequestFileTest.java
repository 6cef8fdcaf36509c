package dev.postern.app.difftraffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.postern.app.difftraffic.RecordedRequest.Field;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RequestFileTest {
  private final Requests requests = new Requests(false, "else.example", 100);

  private List<RecordedRequest> read(String text) throws IOException {
    RequestFile.read(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), requests);
    return requests.list();
  }

  @Test
  void aListHasMethodsPathsUrlsAndFieldsBelow() throws IOException {
    List<RecordedRequest> read =
        read(
            """
            # what the shop does
            /
            GET /a?b=c%20d
            HEAD https://shop.example:8443/x#part
            OPTIONS /cors
              Host: api.example
              Origin: https://shop.example
            Connection: close

            http://shop.example?q=1
            """);
    assertThat(read)
        .extracting(RecordedRequest::toString)
        .containsExactly(
            "GET else.example/",
            "GET else.example/a?b=c%20d",
            "HEAD shop.example:8443/x",
            "OPTIONS api.example/cors",
            "GET shop.example/?q=1");
    assertThat(read.get(3).fields()).containsExactly(new Field("Origin", "https://shop.example"));
  }

  @Test
  void aVersionBehindTheTargetIsNoPartOfIt() throws IOException {
    assertThat(read("GET /a HTTP/1.1\nHost: shop.example\n\nhttp://shop.example/b HTTP/2\n"))
        .extracting(RecordedRequest::toString)
        .containsExactly("GET shop.example/a", "GET shop.example/b");
  }

  @Test
  void whatStandsBelowALineThatIsNoRequestIsNotTheRequestsBefore() throws IOException {
    List<RecordedRequest> read =
        read(
            """


            /a
              X-A: 1
            fetch /b
              Host: other.example
              Authorization: secret
            /c
              X-C: 1
            """);
    assertThat(read)
        .extracting(RecordedRequest::toString, RecordedRequest::fields)
        .containsExactly(
            tuple("GET else.example/a", List.of(new Field("X-A", "1"))),
            tuple("GET else.example/c", List.of(new Field("X-C", "1"))));
    assertThat(requests.leftOut())
        .containsExactly("1 not sent, as they are no requests that can be sent: line 5");
  }

  @Test
  void anAccessLogHasReferersAndAgentsAndLinesThatAreNoRequests() throws IOException {
    List<RecordedRequest> read =
        read(
            """
            10.0.0.1 - - [27/Nov/2026:09:00:00 +0000] "GET /a HTTP/2.0" 200 5 "-" "curl/8 \\x22x\\x22"
            10.0.0.1 - joe x [27/Nov/2026:09:00:00 +0000] "GET /b HTTP/1.1" 200 5 "https://r/" "-" 31 0.001
            10.0.0.2 - - [27/Nov/2026:09:00:01 +0000] "\\x16\\x03\\x01" 400 150 "-" "-"
            10.0.0.2 - - [27/Nov/2026:09:00:01 +0000] "POST /a HTTP/1.1" 200 5 "-" "-"
            10.0.0.1 - - [27/Nov/2026:09:00:09 +0000] "GET /a HTTP/1.1" 200 5 "-" "curl/8 \\x22x\\x22"
            """);
    assertThat(read)
        .extracting(RecordedRequest::target, RecordedRequest::fields)
        .containsExactly(
            tuple("/a", List.of(new Field("User-Agent", "curl/8 \"x\""))),
            tuple("/b", List.of(new Field("Referer", "https://r/"))));
    assertThat(requests.leftOut())
        .anyMatch(line -> line.startsWith("1 not sent, as their methods"))
        .anyMatch(
            line -> line.equals("1 not sent, as they are no requests that can be sent: line 3"))
        .anyMatch(line -> line.startsWith("1 not sent again"));
  }

  @Test
  void aHarFileHasWhatABrowserSent() throws IOException {
    List<RecordedRequest> read =
        read(
            """
            \uFEFF{"log": {"version": "1.2", "pages": [{"id": "p"}], "entries": [
              {"time": 3, "request": {"method": "GET", "url": "https://shop.example/a?b=1", "headers": [
                 {"name": ":authority", "value": "shop.example"}, {"name": "accept", "value": "*/*"}]},
               "response": {"status": 200, "headers": [{"name": "x", "value": "y"}]}},
              {"request": {"method": "POST", "url": "https://shop.example/b",
                 "postData": {"mimeType": "text/plain", "text": "hello"}}},
              {"request": {"method": "GET", "url": "data:text/plain,x"}}]}}
            """);
    assertThat(read)
        .containsExactly(
            new RecordedRequest(
                "GET", "shop.example", "/a?b=1", List.of(new Field("accept", "*/*")), ""));
    assertThat(requests.leftOut()).hasSize(2);
  }

  @Test
  void aBrokenHarFileIsAnError() {
    assertThatThrownBy(() -> read("{\"log\": {\"entries\": [{\"request\": "))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("ends at line 1, column");
    assertThatThrownBy(() -> read("{\"a\":" + "[".repeat(10_000)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("too deep at line 1, column");
  }

  @Test
  void whatWouldBreakARequestIsNotSent() throws IOException {
    assertThat(
            read(
                """
                CONNECT /x
                /with\u0001control
                GET https://ho st/
                nothing of all that
                """))
        .isEmpty();
    read("/x\nX: a\u0007b\nY: c\n");
    assertThat(requests.list().getFirst().fields()).containsExactly(new Field("Y", "c"));
  }

  @Test
  void noMoreAreKeptThanTheLimit() throws IOException {
    var text = new StringBuilder();
    for (int i = 0; i < 150; i++) {
      text.append("/").append(i).append('\n');
    }
    assertThat(read(text.toString())).hasSize(100);
    assertThat(requests.leftOut()).containsExactly("50 not sent, as they are beyond --limit 100");
  }

  @Test
  void randomLinesHarmNobody() throws IOException {
    long seed = System.nanoTime();
    var random = new Random(seed);
    String alphabet = "GET POST/ht:p\"[]-\\x2 \t\r\n#?@1";
    for (int i = 0; i < 2_000; i++) {
      var text = new StringBuilder();
      for (int length = random.nextInt(200); length > 0; length--) {
        text.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      for (RecordedRequest request : read(text.toString())) {
        assertThat(request.target()).as("seed %d", seed).matches("[/*][\\x21-\\x7e]*");
        assertThat(request.host()).as("seed %d", seed).doesNotContainAnyWhitespaces();
      }
    }
  }
}
