console.error('kiln: no command yet');
process.exitCode = 2;
