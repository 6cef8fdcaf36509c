package dev.postern.app.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TableTest {
  private static final Style NARROW = new Style(72, false);

  @Test
  void aFolderInOrderIsARowForEachConditionAndOneLineOfComfort() {
    assertThat(Table.of(Samples.good(), Style.PLAIN))
        .isEqualTo(
"""
  OBJECT                                     CONDITION                     WHERE
✓ GatewayClass postern                       Accepted                      demo/gateway.yaml:3
✓ Gateway kgateway-system/http               Accepted                      demo/gateway.yaml:10
✓                                            Programmed
✓   listener http                            Accepted                      demo/gateway.yaml:17
✓                                            Conflicted=False NoConflicts
✓ HTTPRoute default/nginx-route
✓   on Gateway kgateway-system/http          Accepted                      demo/route.yaml:10
✓                                            ResolvedRefs
✓ BackendTLSPolicy default/nginx-tls-policy
✓   on Gateway kgateway-system/http          Accepted                      demo/policy.yaml:3
✓                                            ResolvedRefs

✓ all 9 conditions as they should be
""");
  }

  @Test
  void whatIsWrongStandsBelowItsRowAndWrapsAtTheWidth() {
    assertThat(Table.of(Samples.bad(), NARROW))
        .isEqualTo(
"""
  FINDING  ABOUT
✗ error
      demo/broken.yaml:12
      This is not YAML: a mapping key has no value. The objects of the
      last good version stay in force.
! warning  HTTPRoute default/nginx-route spec.hostname
      demo/route.yaml:9
      There is no such field; did you mean "hostnames"?

  OBJECT                                     CONDITION
✓ GatewayClass postern                       Accepted
✓ Gateway kgateway-system/http               Accepted
✓                                            Programmed
✓   listener http                            Accepted
✓                                            Conflicted=False NoConflicts
✓ HTTPRoute default/nginx-route
✓   on Gateway kgateway-system/http          Accepted
✓                                            ResolvedRefs
! HTTPRoute default/stray
      demo/stray.yaml:1
      No Gateway of this controller has to do with it, so it has no
      effect here. Check the names it refers to, or its class.
✗ BackendTLSPolicy default/nginx-tls-policy
✗   on Gateway kgateway-system/http          Accepted=False NoValidCACertificate
      demo/policy.yaml:3
      None of the policy's CA certificates can be used.
✗                                            ResolvedRefs=False InvalidCACertificateRef
      ConfigMap default/ca was not found. Create it with the CA's PEM
      under the key ca.crt, or name another in
      spec.validation.caCertificateRefs.

✗ 2 of 9 conditions not as they should be, 1 error, 1 warning, 1 object without effect
""");
  }

  @Test
  void quietLeavesOutWhatIsAsItShouldBe() {
    assertThat(Table.ofWrong(Samples.good(), NARROW)).isEmpty();
    assertThat(Table.ofWrong(Samples.bad(), NARROW))
        .contains("BackendTLSPolicy default/nginx-tls-policy", "did you mean")
        .doesNotContain("✓")
        .doesNotContain("HTTPRoute default/nginx-route\n");
  }

  @Test
  void coloursAreTheOnlyDifferenceOnATerminal() {
    String coloured = Table.of(Samples.bad(), new Style(72, true));

    assertThat(coloured).contains("\u001b[31m✗\u001b[0m");
    assertThat(coloured.replaceAll("\u001b\\[\\d+m", ""))
        .isEqualTo(Table.of(Samples.bad(), NARROW));
  }

  @Test
  void aWordLongerThanTheLineStaysWhole() {
    assertThat(Rows.wrap("see https://gateway-api.sigs.k8s.io/ there", 12))
        .containsExactly("see", "https://gateway-api.sigs.k8s.io/", "there");
  }
}
