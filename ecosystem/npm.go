package ecosystem

import (
	"fmt"
	"strings"
)

// checkNPM follows npm's rules of today and what older rules allowed:
// https://github.com/npm/validate-npm-package-name
func checkNPM(name string) Check {
	switch {
	case name == "":
		return Check{State: Invalid, Reason: "shape", Text: "is empty"}
	case strings.TrimSpace(name) != name:
		return Check{State: Invalid, Reason: "shape", Text: "has a blank at its edge"}
	case name == "node_modules" || name == "favicon.ico":
		return Check{State: Invalid, Reason: "reserved-word", Text: "is a reserved word"}
	}
	if c, bad := nonASCII(name); bad {
		return c
	}
	bare := name
	if strings.HasPrefix(name, "@") {
		scope, pkg, ok := strings.Cut(name[1:], "/")
		if !ok || scope == "" || pkg == "" || strings.Contains(pkg, "/") {
			return Check{State: Invalid, Reason: "shape", Text: "is not of the form @scope/name"}
		}
		bare = pkg
		if c, bad := npmChars(scope); bad {
			return c
		}
	} else if strings.Contains(name, "/") {
		return Check{State: Invalid, Reason: "shape", Text: "has a slash but no scope"}
	}
	if c, bad := npmChars(bare); bad {
		return c
	}
	if strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") {
		return Check{State: Invalid, Reason: "shape", Text: fmt.Sprintf("starts with %q", name[0])}
	}
	c := Check{State: Valid}
	if len(name) > 214 {
		c = Check{State: Valid, Legacy: true}
		if len(name) > 1000 {
			return Check{State: Invalid, Reason: "length", Text: fmt.Sprintf("has %d characters, and no package has more than a few hundred", len(name))}
		}
	}
	if _, ok := nodeBuiltin(name); ok {
		c.State, c.Legacy = Stdlib, true
	}
	c.Legacy = c.Legacy || strings.ToLower(name) != name || strings.ContainsAny(name, "~'!()*") || strings.HasPrefix(name, "-")
	return c
}

func npmChars(s string) (Check, bool) {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if isWordByte(c) || strings.IndexByte("-._~'!()*", c) >= 0 {
			continue
		}
		return Check{State: Invalid, Reason: "charset", Text: fmt.Sprintf("contains %q, which no npm name may", c)}, true
	}
	return Check{}, false
}

func isWordByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// nonASCII rejects letters beyond ASCII, which only imitate others.
func nonASCII(name string) (Check, bool) {
	for _, r := range name {
		if r < 0x20 || r == 0x7f {
			return Check{State: Invalid, Reason: "charset", Text: fmt.Sprintf("contains the control character U+%04X", r)}, true
		}
		if r >= 0x80 {
			return Check{State: Invalid, Reason: "look-alike", Text: fmt.Sprintf("contains the character U+%04X, which only resembles a plain one", r)}, true
		}
	}
	return Check{}, false
}
