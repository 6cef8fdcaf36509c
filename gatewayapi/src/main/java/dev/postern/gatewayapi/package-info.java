/// What the objects mean. Pure: no I/O, clock, thread or logger in here.
///
/// `load` turns text into `resource` objects, checked as an API server would; `resolve` judges
/// them; `status` says what became of them; `translate` lowers them to the `ir`. [Translator] is
/// the one entry.
@NullMarked
package dev.postern.gatewayapi;

import org.jspecify.annotations.NullMarked;
