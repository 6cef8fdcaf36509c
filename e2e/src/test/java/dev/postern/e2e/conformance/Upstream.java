package dev.postern.e2e.conformance;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Test;

/**
 * A case of ours for a test of the upstream suite; its manifests are in the folder of that name.
 */
@Test
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@interface Upstream {
  /** The upstream test's ShortName. */
  String value();

  /** Why Postern does not pass it, for the docs. Such a case must fail, or this must go. */
  String fails() default "";
}
