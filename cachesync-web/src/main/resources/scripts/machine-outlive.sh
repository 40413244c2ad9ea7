# Prints how sure it is that an agent outlives the login; see agent-keeper.
find_keeper
echo "$kept"
