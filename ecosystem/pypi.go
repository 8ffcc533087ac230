package ecosystem

import "strings"

func checkPyPI(name string) Check { return Check{State: Valid} }

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
