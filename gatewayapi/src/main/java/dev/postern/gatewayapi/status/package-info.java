/// What became of each object, as the typed conditions that its status carries.
@NullMarked
package dev.postern.gatewayapi.status;

import org.jspecify.annotations.NullMarked;
