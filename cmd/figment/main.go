// Command figment finds package names that do not exist, or are not what their
// author means, in manifests, lock files, imports, commands and text.
package main

import "os"

func main() {
	os.Exit(Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
