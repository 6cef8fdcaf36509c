/// Starts TLS towards backends and ends TLS of clients.
///
/// [UpstreamTlsContexts] hands out an [UpstreamTlsContext] for each distinct way to trust a
/// backend; [BackendVerifier] decides about its certificate: `Issuers` finds a path to a trust
/// anchor, `PathRules` and `NameConstraints` judge it, [SubjectNames] compares names. [TlsFailure]
/// says why not, [TlsFacts] what was agreed on. Towards clients [ServerNames] picks filter chain
/// and certificate by SNI, and [ClientTls] puts that into a pipeline.
@NullMarked
package dev.postern.proxy.tls;

import org.jspecify.annotations.NullMarked;
