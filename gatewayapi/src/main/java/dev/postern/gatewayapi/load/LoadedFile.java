package dev.postern.gatewayapi.load;

import dev.postern.gatewayapi.resource.Finding;
import dev.postern.gatewayapi.resource.ObjectRef;
import dev.postern.gatewayapi.resource.Resource;
import java.util.List;
import java.util.Set;

/// What one manifest file holds.
///
/// @param file as it was given
/// @param whole whether every object of the file could be named. Where not (the text is no YAML, a
///   document is no object), any object that the file held before may still be meant
/// @param resources accepted, in the order of the file, with defaults filled in. The generation is
///   what the file says, else 0
/// @param rejected objects which are there and which an API server would refuse
/// @param standIns for those of them that close something where no good version of them is known
/// @param findings what a person should know, in the order of the file
public record LoadedFile(
    String file,
    boolean whole,
    List<Resource> resources,
    Set<ObjectRef> rejected,
    List<Resource> standIns,
    List<Finding> findings) {
  public LoadedFile {
    resources = List.copyOf(resources);
    rejected = Set.copyOf(rejected);
    standIns = List.copyOf(standIns);
    findings = List.copyOf(findings);
  }
}
