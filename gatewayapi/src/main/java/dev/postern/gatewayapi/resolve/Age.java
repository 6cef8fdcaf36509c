package dev.postern.gatewayapi.resolve;

import dev.postern.gatewayapi.resource.Resource;
import java.util.Comparator;

/// Who was there first: by creation time, then by `namespace/name` (Gateway API, conflicts). What
/// only stands in for a refused object comes after all that are as they must be.
public final class Age {
  public static final Comparator<Resource> OLDEST_FIRST =
      Comparator.comparing(Resource::standsIn)
          .thenComparing(object -> object.metadata().creationTimestamp())
          .thenComparing(object -> object.metadata().namespace() + "/" + object.metadata().name());

  private Age() {}
}
