// Command figment finds package names that do not exist, or are not what their
// author means, in manifests, lock files, imports, commands and text.
package main

import (
	"os"
	"runtime/debug"
)

// collectAt is how much more, in percent, may be in use before the garbage
// collector runs: half of Go's default. On a big repository it saves a quarter
// of the memory for a twentieth of the time.
const collectAt = 50

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(collectAt)
	}
	os.Exit(Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
