/// The admin endpoint: what the process is doing, for people and for scripts, in Envoy's formats
/// where Envoy has one.
///
/// [AdminServer] serves what an [AdminView] shows. `AdminHandler` speaks HTTP and keeps strangers
/// out; `Pages` is the table of paths; each page turns a `Request` into an `Answer` whose body
/// comes in pieces, so that ten thousand clusters are never one string.
@NullMarked
package dev.postern.app.admin;

import org.jspecify.annotations.NullMarked;
