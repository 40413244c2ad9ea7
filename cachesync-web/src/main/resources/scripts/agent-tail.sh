# Parameters: job directory, number of lines. Prints the end of the agent's log.
IFS= read -r dir
IFS= read -r lines
cd "$dir" 2>/dev/null || exit 0
if [ -f agent.log ]; then
  tail -n "$lines" agent.log
else
  cat run-*.out 2>/dev/null | tail -n "$lines"
fi
