#!/bin/sh
# Stands in for redis-full-check: takes its options, prints what it prints, leaves the databases that
# it leaves, and ends with 0 whatever it found. What it is to do stands in files beside it.
beside=$(dirname "$0")
printf '%s\n' "$@" >"$beside/arguments"
env >"$beside/environment"
echo $$ >"$beside/pid"
[ ! -f "$beside/deaf" ] || trap '' TERM
rounds=3 result=result.db source='' target='' mode=2
while [ $# -gt 0 ]; do
  case "$1" in
    -s) source=$2 && shift ;;
    -t) target=$2 && shift ;;
    -m) mode=$2 && shift ;;
    -d) result=$2 && shift ;;
    -p | -a | -f) password=$2 && shift ;;
    --comparetimes=*) rounds=${1#*=} ;;
    --*=*) ;;
    *) echo "unknown option $1" && exit 1 ;;
  esac
  shift
done
if [ -z "$source" ] || [ -z "$target" ]; then
  echo "source or target is empty"
  exit 1
fi
echo "configuration: {source:$source target:$target password:$password mode:$mode}"
[ ! -f "$beside/broken" ] || { echo "panic: index out of range [-1]" && exit 2; }
round=1
while [ "$round" -le "$rounds" ]; do
  echo "stat:"
  echo "times:$round, db:0, dbkeys:5, finish:33%, finished:true"
  echo "KeyScan:{Total:5, Speed:5}"
  while [ -f "$beside/slow" ]; do sleep 0.1; done
  if [ "$round" -lt "$rounds" ]; then
    cp "$beside/middle.db" "$result.$round"
  elif [ ! -f "$beside/silent" ]; then
    cp "$beside/final.db" "$result.$round"
  fi
  round=$((round + 1))
done
echo "all finish successfully, totally 5 key(s) and 2 field(s) conflict"
