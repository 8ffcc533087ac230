package extract

import "strings"

// CutVersion splits a word that names a package or a program, "x@1" or "@s/x@1",
// at the first "@" that does not begin it.
func CutVersion(s string) (name, constraint string) {
	if len(s) > 1 {
		if i := strings.IndexByte(s[1:], '@'); i >= 0 {
			return s[:i+1], s[i+2:]
		}
	}
	return s, ""
}

// IsAlnum reports whether a byte is a letter or digit of ASCII.
func IsAlnum(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// IsPathOrURL reports whether a word of a command that installs is no name, but a
// path, an address or an archive.
func IsPathOrURL(s string) bool {
	if strings.HasPrefix(s, ".") || strings.HasPrefix(s, "/") || strings.HasPrefix(s, "~/") || strings.HasPrefix(s, `\`) {
		return true
	}
	head, _, _ := strings.Cut(s, " ")
	if strings.Contains(head, "://") && !strings.Contains(head, "@") || strings.HasPrefix(s, "git+") || strings.HasPrefix(s, "file:") {
		return true
	}
	return strings.HasSuffix(head, ".whl") || strings.HasSuffix(head, ".tar.gz") || strings.HasSuffix(head, ".zip")
}
