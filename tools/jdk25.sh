# Sourced by ./dev and ./postern: finds a JDK 25 without starting one.

is_jdk25() {
  local line
  [[ -x $1/bin/javac && -r $1/release ]] || return 1
  while IFS= read -r line; do
    [[ $line == 'JAVA_VERSION="25'[\".+-]* ]] && return 0
  done < "$1/release"
  return 1
}

# Exports JAVA_HOME, or explains itself and fails.
use_jdk25() {
  local home
  for home in "${JAVA_HOME:-}" /usr/lib/jvm/* /opt/java/* /opt/jdk* \
    "${HOME:-/root}"/.sdkman/candidates/java/* "${HOME:-/root}"/.jdks/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home; do
    if [[ -n $home ]] && is_jdk25 "$home"; then
      export JAVA_HOME=$home
      return 0
    fi
  done
  echo "postern: no JDK 25 found, neither in JAVA_HOME (${JAVA_HOME:-not set}) nor in /usr/lib/jvm." >&2
  echo "postern: install one (Eclipse Temurin 25, say) or set JAVA_HOME to where it is." >&2
  return 1
}

# Exports what Maven's own JVM needs to stay quiet on JDK 25, or explains itself and fails.
use_maven() {
  if ! command -v mvn > /dev/null; then
    echo "postern: Maven (mvn, 3.8.7 or newer) is not on the PATH; on Debian: apt-get install maven" >&2
    return 1
  fi
  export MAVEN_OPTS="--sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED ${MAVEN_OPTS:-}"
}
