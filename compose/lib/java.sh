# Sourced by compose/up, compose/run and compose/tftpdc: finds Java, knows the JVM options, builds the distribution.
# shellcheck shell=bash

unset CDPATH # with it, cd may go elsewhere and print where
tftpdc_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
tftpdc_home=$tftpdc_root/compose/standalone/target/tftpdc
tftpdc_stamp=$tftpdc_home/lib/built
tftpdc_java_minimum=21

# Prints the feature version of the Java installed in $1, or nothing.
java_feature_version() {
  local home=$1 version=
  [ -x "$home/bin/java" ] || return 0
  if [ -r "$home/release" ]; then
    version=$(sed -n 's/^JAVA_VERSION="\(.*\)"$/\1/p' "$home/release")
  fi
  if [ -z "$version" ]; then
    version=$("$home/bin/java" -version 2>&1 | sed -n 's/.* version "\([^"]*\)".*/\1/p' | head -n 1)
  fi
  version=${version%%.*}
  version=${version%%[-+]*}
  case $version in '' | *[!0-9]*) ;; *) echo "$version" ;; esac
}

# Prints the home of the java command on the PATH, if there is one.
java_home_on_path() {
  local command
  command=$(command -v java) || return 0
  while [ -L "$command" ]; do
    local target
    target=$(readlink "$command")
    case $target in /*) command=$target ;; *) command=$(dirname "$command")/$target ;; esac
  done
  (cd "$(dirname "$command")/.." && pwd)
}

# Sets java_home and java_version. A JDK that was chosen (JAVA_HOME, then PATH) is taken when it is new enough, else
# the newest one that is installed.
find_java() {
  local home version
  java_home='' java_version=0
  for home in "${JAVA_HOME:-}" "$(java_home_on_path)"; do
    [ -n "$home" ] && [ -x "$home/bin/javac" ] || continue
    version=$(java_feature_version "$home")
    if [ "${version:-0}" -ge $tftpdc_java_minimum ]; then
      java_home=$home java_version=$version
      return
    fi
  done
  local mac=
  if [ -x /usr/libexec/java_home ]; then
    mac=$(/usr/libexec/java_home -v $tftpdc_java_minimum+ 2>/dev/null || true)
  fi
  for home in /usr/lib/jvm/* /usr/java/* /opt/*jdk* "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home "$mac"; do
    [ -n "$home" ] && [ -x "$home/bin/javac" ] || continue
    version=$(java_feature_version "$home")
    if [ "${version:-0}" -ge $tftpdc_java_minimum ] && [ "$version" -gt "$java_version" ]; then
      java_home=$home java_version=$version
    fi
  done
  if [ -z "$java_home" ]; then
    echo "No JDK $tftpdc_java_minimum or later found: install one (Debian, Ubuntu: apt install openjdk-21-jdk;" \
      "elsewhere: https://adoptium.net), or point JAVA_HOME to it" >&2
    exit 1
  fi
}

# Whether the stamp $1 (the distribution's unless told) is missing or older than a source file. It lies among the jars,
# so that whatever throws them away throws it away too.
needs_build() {
  local stamp=${1:-$tftpdc_stamp}
  [ -f "$stamp" ] || return 0
  [ -n "$(cd "$tftpdc_root" && find . -name target -prune -o -name .git -prune -o \
    \( -path '*/src/main/*' -o -name pom.xml \) -type f -newer "$stamp" -print 2>/dev/null | head -n 1)" ]
}

# Waits until no other build runs, and keeps others waiting until the calling subshell ends.
lock_builds() {
  local lock=$tftpdc_root/compose/target/build.lock waiting="Another build runs, waiting for it"
  mkdir -p "$(dirname "$lock")"
  if command -v flock >/dev/null; then
    exec 9>"$lock"
    flock -n 9 || { echo "$waiting" >&2; flock 9; }
    return
  fi
  local owner said=false
  until mkdir "$lock.d" 2>/dev/null; do
    $said || echo "$waiting (if none does, remove $lock.d)" >&2
    said=true
    sleep 1
    owner=$(cat "$lock.d/pid" 2>/dev/null || true)
    if [ -n "$owner" ] && ! kill -0 "$owner" 2>/dev/null; then
      rm -rf "$lock.d"
    fi
  done
  # shellcheck disable=SC2064 # the directory of now
  trap "rm -rf '$lock.d'" EXIT
  echo $$ >"$lock.d/pid"
}

# A generated class holds the shared schemas that its own refers to, and is generated again only when its own has changed:
# when a shared one has, all of them are thrown away.
drop_stale_records() {
  local generated=$tftpdc_root/schemas/avro/target/generated-sources/avro newest
  newest=$(find "$tftpdc_root/schemas/avro/src/main/avro/shared" -type f -exec ls -t {} + | head -n 1)
  if [ -d "$generated" ] && [ -n "$(find "$generated" -type f ! -newer "$newest" -print | head -n 1)" ]; then
    rm -rf "$generated"
  fi
}

# Builds the module $1 (the standalone unless told) and what it needs, one line a module on standard error. Writes the
# stamp $2 last, with the time of the beginning: what was edited meanwhile is built the next time. Does nothing if the
# build that it waited for has done it; with $3 "always", builds.
build() (
  module=${1:-compose/standalone}
  stamp=${2:-$tftpdc_stamp}
  log=$tftpdc_root/$module/target/build.log
  begin=$tftpdc_root/$module/target/build.begin
  lock_builds
  if [ "${3:-}" != always ] && ! needs_build "$stamp"; then
    exit 0
  fi
  mkdir -p "$(dirname "$log")"
  rm -f "$stamp"
  : >"$begin"
  drop_stale_records
  echo "Building (the first time this downloads the libraries, which takes a few minutes)" >&2
  if ! (cd "$tftpdc_root" && JAVA_HOME=$java_home ./mvnw --batch-mode --no-transfer-progress -pl "$module" -am \
    -P without-tests package 2>&1 | tee "$log" |
    sed -n 's/^\[INFO\] Building \(.*\) [0-9][^ ]* *\[\(.*\)\]$/  [\2] \1/p' >&2; exit "${PIPESTATUS[0]}"); then
    { grep '^\[ERROR\]' "$log" || tail -n 20 "$log"; } | head -n 20 >&2 || true
    echo "The build failed; all of it is in $log" >&2
    exit 1
  fi
  mv "$begin" "$stamp"
)

# Sets jvm_flags. The process named $1, if one is, reads a class data archive, or writes one at the end of a good run.
set_jvm_flags() {
  local full archive
  jvm_flags=(--enable-native-access=ALL-UNNAMED -XX:+ExitOnOutOfMemoryError "-Dtftpdc.home=$tftpdc_home" -Xlog:disable)
  # A chunk of a file is 512 KiB: with regions of 1 MiB, as in a heap of less than 4 GiB, each would have a region of its
  # own, outside the young generation.
  jvm_flags+=(-XX:G1HeapRegionSize=4m)
  if [ "$java_version" -ge 23 ]; then
    jvm_flags+=(--sun-misc-unsafe-memory-access=allow)
  fi
  [ -n "${1:-}" ] || return 0
  full=$(sed -n 's/^JAVA_RUNTIME_VERSION="\(.*\)"$/\1/p' "$java_home/release" 2>/dev/null || true)
  archive=$tftpdc_home/cache/$1-${full:-$java_version}.jsa
  if [ -f "$archive" ] && [ -z "$(find "$tftpdc_home/lib/app" -type f -newer "$archive" -print | head -n 1)" ]; then
    jvm_flags+=("-XX:SharedArchiveFile=$archive")
  else
    jvm_flags+=(-XX:+RecordDynamicDumpInfo "-Dtftpdc.archive.write=$archive")
  fi
}
