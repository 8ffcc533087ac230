package local

import (
	"encoding/json"
	"strings"
)

// parseINI reads the ini form of an .npmrc.
func parseINI(text string) ([]Entry, error) {
	var out []Entry
	for n, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' || line[0] == ';' {
			continue
		}
		if line[0] == '[' && line[len(line)-1] == ']' {
			break // what follows belongs to a section, which npm does not read
		}
		key, value, _ := strings.Cut(line, "=")
		out = append(out, Entry{Key: unquote(key), Value: unquote(value), Line: n + 1})
	}
	return out, nil
}

// unquote reads a key or a value: quotes go, ; and # begin a comment, and a
// backslash takes their meaning away.
func unquote(s string) string {
	s = strings.TrimSpace(s)
	if len(s) > 1 && (s[0] == '"' || s[0] == '\'') && s[len(s)-1] == s[0] {
		var text string
		if s[0] == '"' && json.Unmarshal([]byte(s), &text) == nil {
			return text
		}
		return s[1 : len(s)-1]
	}
	var b strings.Builder
	for i := 0; i < len(s) && s[i] != ';' && s[i] != '#'; i++ {
		if s[i] == '\\' && i+1 < len(s) && strings.IndexByte(`\;#`, s[i+1]) >= 0 {
			i++
		}
		b.WriteByte(s[i])
	}
	return strings.TrimSpace(b.String())
}
