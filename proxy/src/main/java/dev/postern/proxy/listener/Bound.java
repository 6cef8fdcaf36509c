package dev.postern.proxy.listener;

import dev.postern.ir.Listener;
import org.jspecify.annotations.Nullable;

/// A socket of the ir, and what is in force there. Changed by the control thread alone.
interface Bound {
  /// What is in force.
  Listener ir();

  /// Binds; returns why it could not, or null.
  @Nullable BindFailure bind();

  /// Takes over what changed.
  ///
  /// @param anew whether nothing may be taken over from what was compiled before
  void update(Listener next, boolean anew);

  /// Takes nobody new; who is served already goes on to be.
  void unbind();

  /// It is gone from the ir.
  void remove();
}
