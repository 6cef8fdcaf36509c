/// What `postern migrate` writes, against a real nginx that is configured as ingress-nginx 1.15
/// would have configured it: the same requests, the same backends, the same answers.
///
/// `src/test/resources/roundtrip` has a folder for each case: Ingresses, what nginx has for them,
/// requests, and in `different.txt`, if there is one, what differs and which word of the
/// migration's report says so.
@NullMarked
package dev.postern.e2e.roundtrip;

import org.jspecify.annotations.NullMarked;
