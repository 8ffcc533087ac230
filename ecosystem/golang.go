package ecosystem

import (
	"fmt"
	"strings"

	"golang.org/x/mod/module"
)

// checkGo follows module.CheckPath, https://go.dev/ref/mod#go-mod-file-ident.
func checkGo(name string) Check {
	if name == "" {
		return Check{State: Invalid, Reason: "shape", Text: "is empty"}
	}
	if c, bad := nonASCII(name); bad {
		return c
	}
	if len(name) > 1000 {
		return Check{State: Invalid, Reason: "length", Text: fmt.Sprintf("has %d characters", len(name))}
	}
	first, _, _ := strings.Cut(name, "/")
	if !strings.Contains(first, ".") {
		if _, ok := goPackage(name); ok {
			return Check{State: Stdlib}
		}
		return Check{State: Invalid, Reason: "shape", Text: "is in no standard library of Go, and a module path begins with a host name"}
	}
	if err := module.CheckPath(name); err != nil {
		text := "is not a module path"
		if bad, ok := err.(*module.InvalidPathError); ok && bad.Err != nil {
			text += ": " + bad.Err.Error()
		}
		return Check{State: Invalid, Reason: "shape", Text: text}
	}
	return Check{State: Valid}
}

func installGo(name, version string) string {
	if version != "" && version[0] != 'v' {
		version = "v" + version
	}
	return installer("go get", "@")(name, version)
}
