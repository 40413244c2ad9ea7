# Parameters: base directory, job id. Removes that job's directory.
IFS= read -r base
IFS= read -r job
case $job in
  "" | *[!A-Za-z0-9_-]*) exit 2 ;;
esac
[ -d "$base/jobs" ] || exit 0
rm -rf -- "$base/jobs/$job"
