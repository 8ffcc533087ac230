package local

import (
	"encoding/json"
	"strings"

	"figment/ecosystem"
	"figment/registry/settings"
)

// An Entry is one line of an .npmrc.
type Entry struct {
	Key, Value string
	Line       int // from 1
}

// ParseNPMRC reads the ini form of an .npmrc. Values are expanded by expand;
// nil leaves them as they are.
func ParseNPMRC(text string, expand func(string) string) []Entry {
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
		key, value = unquote(key), unquote(value)
		if expand != nil {
			key, value = expand(key), expand(value)
		}
		out = append(out, Entry{key, value, n + 1})
	}
	return out
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

// Claims reads a repository's .npmrc, without expanding anything.
func Claims(file string, data []byte) []settings.Claim {
	var out []settings.Claim
	for _, e := range ParseNPMRC(string(data), nil) {
		switch {
		case e.Key == "registry":
			out = append(out, settings.Claim{Ecosystem: ecosystem.NPM, URL: settings.MakeRoot(ecosystem.NPM, e.Value, "").URL, Path: file, Line: e.Line})
		case strings.HasPrefix(e.Key, "@") && strings.HasSuffix(e.Key, ":registry"):
			out = append(out, settings.Claim{Ecosystem: ecosystem.NPM, Scope: strings.TrimSuffix(e.Key, ":registry"), URL: settings.MakeRoot(ecosystem.NPM, e.Value, "").URL, Path: file, Line: e.Line})
		}
	}
	return out
}
