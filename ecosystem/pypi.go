package ecosystem

import (
	"fmt"
	"strings"
)

// checkPyPI follows the name grammar of PEP 508.
func checkPyPI(name string) Check {
	if name == "" {
		return Check{State: Invalid, Reason: "shape", Text: "is empty"}
	}
	if c, bad := nonASCII(name); bad {
		return c
	}
	for i := 0; i < len(name); i++ {
		if c := name[i]; !isWordByte(c) && c != '-' && c != '_' && c != '.' {
			return Check{State: Invalid, Reason: "charset", Text: fmt.Sprintf("contains %q, which no PyPI name may", c)}
		}
	}
	if !isWordByte(name[0]) || !isWordByte(name[len(name)-1]) {
		return Check{State: Invalid, Reason: "shape", Text: "does not begin and end with a letter or digit"}
	}
	if len(name) > 1000 {
		return Check{State: Invalid, Reason: "length", Text: fmt.Sprintf("has %d characters", len(name))}
	}
	if _, ok := pythonModule(name); ok {
		return Check{State: Stdlib}
	}
	return Check{State: Valid}
}

// normalizePyPI follows PEP 503: runs of "-", "_" and "." become one "-", and
// letters are lower case.
func normalizePyPI(name string) string {
	var b strings.Builder
	b.Grow(len(name))
	sep := false
	for i := 0; i < len(name); i++ {
		c := name[i]
		switch {
		case c == '-' || c == '_' || c == '.':
			if !sep {
				b.WriteByte('-')
			}
			sep = true
			continue
		case 'A' <= c && c <= 'Z':
			c += 'a' - 'A'
		}
		sep = false
		b.WriteByte(c)
	}
	return b.String()
}

func lower(s string) string { return strings.ToLower(s) }

// normalizeCargo makes "-" and "_" one letter, as crates.io does when it
// refuses a second spelling.
func normalizeCargo(name string) string {
	return strings.ReplaceAll(strings.ToLower(name), "_", "-")
}
