package dev.postern.ir;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postern.ir.FastCgiTemplate.OfHeader;
import dev.postern.ir.FastCgiTemplate.OfRequest;
import dev.postern.ir.FastCgiTemplate.Text;
import dev.postern.ir.FastCgiTemplate.Unknown;
import dev.postern.ir.FastCgiTemplate.Variable;
import org.junit.jupiter.api.Test;

class FastCgiTemplateTest {

  @Test
  void textVariablesAndHeadersAreToldApart() {
    assertThat(FastCgiTemplate.parse("/srv$fastcgi_script_name-${host}x$http_x_a").parts())
        .containsExactly(
            new Text("/srv"),
            new OfRequest(Variable.FASTCGI_SCRIPT_NAME),
            new Text("-"),
            new OfRequest(Variable.HOST),
            new Text("x"),
            new OfHeader("x-a"));
    assertThat(FastCgiTemplate.parse("").parts()).isEmpty();
    assertThat(FastCgiTemplate.parse("$http_host").parts())
        .containsExactly(new OfRequest(Variable.HTTP_HOST));
  }

  @Test
  void whatIsNotAVariableIsNamed() {
    assertThat(FastCgiTemplate.parse("$nothing/$/${open/${}$1$http_").unknown())
        .containsExactly("nothing", "", "open", "", "1", "http_");
    assertThat(FastCgiTemplate.parse("a$").parts()).containsExactly(new Text("a"), new Unknown(""));
  }
}
