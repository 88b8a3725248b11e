// Runs after `npm ci`. What needs Node 24 or the network beyond npm is set up by the commands that use it.
