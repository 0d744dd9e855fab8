# Starts a command of Speicher with the options that suit it. Sourced by whoever knows where these are:
#
#   java      Java 25
#   jar       speicher.jar, with what it needs beside it
#   archive   the archive of its classes that archive-classes has made for this Java; Java starts in half the time with it
#
# SPEICHER_JAVA_OPTS has more options for the Java virtual machine.
# shellcheck shell=sh disable=SC2154 # They are set there.

# Arguments and output are UTF-8, also where nobody has said so.
case ${LC_ALL:-${LC_CTYPE:-${LANG:-}}} in
  *UTF-8* | *utf8*) ;;
  *) export LC_ALL=C.UTF-8 ;;
esac

# With AVX-512, Java copies the last bytes of an array by a masked store, which takes some processors (AMD's Zen 5) longer
# than all before it: a tenth of what a pipelined GET takes.
processor=
if grep -qm1 avx512 /proc/cpuinfo 2>/dev/null; then
  processor=-XX:UseAVX=2
fi

# Items live outside the heap, and so do requests and replies: the heap holds connections alone. Little garbage is left, so
# the simplest collector takes the least time; it stops the server twice a second, for less than a millisecond. A young
# generation that does not grow with the heap keeps the pages few that are in memory.
# What clients make the server hold outside the heap has a limit of its own (--connection-memory) that answers or cuts off
# whoever goes too far; Java's, which can only fail, must not be met before it, so it is out of reach. (In gigabytes: Netty
# reads this option, too, does not know terabytes, and would allow as much as the heap.)
# A connection is many small objects: with headers of 8 bytes instead of 12 it takes a tenth less (0.99 kB instead of 1.10).
# The collector and these headers are the same for all commands, because they are a part of the archive of classes. That is
# mapped where it was made for: to move it elsewhere, Java reads and changes all 46 MB of it, which then are memory of the process.
common="-XX:+UseSerialGC -XX:+UseCompactObjectHeaders -XX:+UnlockDiagnosticVMOptions -XX:ArchiveRelocationMode=0"
server_options="$processor $common -Xms64m -Xmx64m -Xmn16m -XX:MaxDirectMemorySize=1024g -XX:TrimNativeHeapInterval=5000"
if [ "${1:-}" = --server-options ]; then # For scripts that measure a part of it.
  echo "$server_options"
  exit
fi

case ${1:-} in
  server)
    options=$server_options
    # What the C library keeps for later would be lost to items: in an arena for each thread, and between long
    # buffers that live, since it maps these one by one only until the first of them was freed, unless told so.
    export MALLOC_ARENA_MAX=1 MALLOC_MMAP_THRESHOLD_=131072
    ;;
  bench)
    # It works for many seconds and must cost little: with the compiler that is slower and makes faster code.
    options="$processor $common -Xms256m -Xmx256m -XX:MaxDirectMemorySize=1g"
    ;;
  copy)
    # It works for as long as there are keys, and holds some batches of them, or one long value.
    options="$processor $common -Xms64m -Xmx512m"
    ;;
  user)
    # It hashes a password, for which only the slower compiler uses what the processor has.
    options=$common
    ;;
  *)
    # A command lives for a moment.
    options="-XX:TieredStopAtLevel=1 $common"
    ;;
esac

# A node of a cluster has more jars, of which a single node knows nothing, and a heap for what travels. They are named
# beside the jar that names all others, which -jar would not allow.
clustered=
if [ "${1:-}" = server ]; then
  clustered=${SPEICHER_CLUSTER:-}
  for word; do
    case $word in --cluster | --cluster=*) clustered=$word ;; esac
  done
fi
cluster=${jar%/*}/cluster
if [ -n "$clustered" ] && [ -d "$cluster" ]; then
  options="$options -Xms128m -Xmx256m --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow"
  options="$options -Dsun.net.inetaddr.ttl=5" # In seconds: names of peers get other addresses.
  set -- -cp "$jar:$cluster/*" io.speicher.cli.SpeicherCommand "$@"
else
  set -- -jar "$jar" "$@"
fi

# Java's own log is off because it goes to standard output, and would tell there of an archive that it cannot use.
# shellcheck disable=SC2086 # Options are words.
exec "$java" -Xlog:disable $options -XX:SharedArchiveFile="$archive" ${SPEICHER_JAVA_OPTS:-} "$@"
