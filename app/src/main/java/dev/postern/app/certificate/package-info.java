/// Certificates as people pass them on.
@NullMarked
package dev.postern.app.certificate;

import org.jspecify.annotations.NullMarked;
