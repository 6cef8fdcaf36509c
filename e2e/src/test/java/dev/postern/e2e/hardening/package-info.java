/// What clients may not do, said by programs that others wrote to find it out, and by a corpus of
/// requests that two parties could read differently. What holds is in `docs/hardening.md`.
@NullMarked
package dev.postern.e2e.hardening;

import org.jspecify.annotations.NullMarked;
