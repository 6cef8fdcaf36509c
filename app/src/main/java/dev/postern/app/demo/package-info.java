/// A small world to try the gateway in, with nothing else installed.
///
/// [DemoWorld] is all of it: a [SelfSigned] certificate for example.com, a [SampleBackend] that
/// shows it, and a [DemoFolder] of manifests that lead there.
@NullMarked
package dev.postern.app.demo;

import org.jspecify.annotations.NullMarked;
