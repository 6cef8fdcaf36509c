/// How somebody else is asked whether a request may pass, and what comes of it: the question and
/// the answer in HTTP and in Envoy's ext_authz protocol. Knows no connection.
@NullMarked
package dev.postern.proxy.authorization;

import org.jspecify.annotations.NullMarked;
