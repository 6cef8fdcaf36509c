/// The objects that Postern understands, as immutable records in Gateway API words.
///
/// Every object is a [Resource]: a [Metadata], where it was read ([Origin]) and what it says, with
/// the API's defaults filled in. They come out of `gatewayapi.load`, so that whoever holds one
/// knows that it passed the checks which an API server makes.
@NullMarked
package dev.postern.gatewayapi.resource;

import org.jspecify.annotations.NullMarked;
