package container

import (
	"bytes"
	"cmp"
	"figment/scanner/text"
	"path"
	"strings"
)

// resolve decides what a fence holds: by a file name in its info string, by its
// label, by a file name just above it or in its first line, by its content.
func (m *markdown) resolve(c *text.Fragment, info string, lang text.Lang, label string) {
	labelled, _, known := m.s.recognize.Label(label)
	if name := infoTitle(info); name != "" {
		read, byName := m.s.recognize.File(name)
		switch {
		case lang == text.Diff:
			c.Name, c.Lang = name, text.Diff
			return
		case read == ByName:
			c.Name, c.Lang = name, byName
			m.ipython(c)
			return
		case path.Ext(name) != "":
			// A file of another kind: its content is not guessed at.
			c.Name, c.Lang = name, cmp.Or(lang, text.Other)
			return
		}
	}
	if known && lang == text.Undecided {
		c.Lang = text.Other
		return
	}
	name := m.nearTitle(c.Text)
	read, byName := m.s.recognize.File(name)
	isFile := name != "" && read == ByName
	switch {
	case lang == text.Markdown:
		c.Lang = text.Markdown
		if label == "mdx" {
			c.Name = "fence.mdx"
		}
	case labelled != "":
		c.Name, c.Lang = labelled, lang
	case lang != text.Undecided:
		c.Lang = lang
		switch {
		case isFile && family(byName) == family(lang):
			c.Name = name
		case name != "" && read == Unread && strings.TrimPrefix(path.Ext(name), ".") == string(lang): // tsconfig.json
			c.Name = name
		default:
			c.Name = m.s.recognize.Data(c.Text, lang)
		}
	default:
		c.Name, c.Lang = m.s.recognize.Content(c.Text)
		sure := c.Name != "" || c.Lang == text.Shell || c.Lang == text.Console || c.Lang == text.Diff || c.Lang == text.Markdown
		switch {
		case sure:
		case isFile && (c.Lang == text.Undecided || family(c.Lang) == family(byName)):
			c.Name, c.Lang = name, byName
		case c.Lang == text.Undecided:
			c.Lang = text.Prose
		}
	}
	m.ipython(c)
}

// ipython finds the lines that only a notebook has: magics, and commands behind
// an exclamation mark.
func (m *markdown) ipython(c *text.Fragment) {
	if c.Lang != text.Python {
		return
	}
	text.EachLine(c.Text, func(line []byte) bool {
		if len(line) > 1 && (line[0] == '!' && line[1] != '=' || line[0] == '%' && (text.IsLetter(line[1]) || line[1] == '%')) {
			c.Lang = text.IPython
			return false
		}
		return true
	})
}

// infoTitle is the file name in a fence's info string: title=x, or the rest of
// "js:src/app.js"; empty: none.
func infoTitle(info string) string {
	for _, key := range []string{"title=", "filename=", "file="} {
		i := strings.Index(info, key)
		if i < 0 || i > 0 && text.IsLetter(info[i-1]) {
			continue
		}
		value := info[i+len(key):]
		if value != "" && (value[0] == '"' || value[0] == '\'') {
			value, _, _ = strings.Cut(value[1:], value[:1])
		} else if end := strings.IndexAny(value, " \t,}"); end >= 0 {
			value = value[:end]
		}
		if fileName(value) {
			return cleanName(value)
		}
	}
	word, _, _ := strings.Cut(info, " ")
	if _, after, ok := strings.Cut(word, ":"); ok && fileName(after) {
		return cleanName(after)
	}
	return ""
}

func cleanName(s string) string {
	return strings.TrimPrefix(path.Clean("/"+strings.ReplaceAll(s, `\`, "/")), "/")
}

// nearTitle is the file name that the line above a fence, or the first line in
// it, gives; empty: none.
func (m *markdown) nearTitle(body []byte) string {
	if name := lineTitle(string(m.above[:min(len(m.above), 1000)])); name != "" {
		return name
	}
	return m.commentTitle(body)
}

// lineTitle reads a file name off the end of a line: in backticks, bold, a
// heading, before a colon, or behind "File:", "In" or "Create".
func lineTitle(line string) string {
	line = strings.TrimSpace(line)
	heading := strings.HasPrefix(line, "#")
	bare := strings.TrimRight(line, " :.)*_")
	colon := strings.HasSuffix(strings.TrimRight(line, "*_ "), ":")
	i := strings.LastIndexAny(bare, " \t(")
	word, before := bare[i+1:], strings.TrimSpace(bare[:i+1])
	name := strings.Trim(word, "`*_\"'")
	if !fileName(name) {
		if colon {
			return onlyFile(line)
		}
		return ""
	}
	marked := strings.HasSuffix(bare, "`") || strings.HasPrefix(word, "**") || strings.HasPrefix(word, "__")
	if marked || heading || colon || before == "" {
		return cleanName(name)
	}
	before = strings.ToLower(strings.Trim(before, "*_- "))
	for _, w := range []string{"file:", "in", "create", "filename:"} {
		if before == w || strings.HasSuffix(before, " "+w) {
			return cleanName(name)
		}
	}
	return ""
}

// onlyFile is the one file that a line names in backticks: "In `a/b.py`, set it up
// like this:". Empty: none, or several.
func onlyFile(line string) string {
	name := ""
	for i, part := range strings.Split(line, "`") {
		if i%2 == 0 || !fileName(part) {
			continue
		}
		if name != "" && name != part {
			return ""
		}
		name = part
	}
	if name == "" {
		return ""
	}
	return cleanName(name)
}

// commentTitle is a file name that is all of the first line, which is a
// comment.
func (m *markdown) commentTitle(body []byte) string {
	body = bytes.TrimLeft(body, "\r\n")
	end, _ := text.LineBounds(body, 0)
	line := strings.TrimSpace(string(body[:min(end, 300)]))
	for _, mark := range []string{"#", "//", "/*", "<!--", "--", ";"} {
		rest, ok := strings.CutPrefix(line, mark)
		if !ok {
			continue
		}
		rest = strings.TrimSuffix(strings.TrimSuffix(rest, "*/"), "-->")
		if rest = strings.TrimSpace(rest); fileName(rest) {
			if read, _ := m.s.recognize.File(rest); read == ByName {
				return cleanName(rest)
			}
		}
		return ""
	}
	return ""
}

// fileName reports whether s can be the name of a file with an extension.
func fileName(s string) bool {
	if len(s) > 200 || strings.Contains(s, "://") || strings.Contains(s, "..") {
		return false
	}
	for i := 0; i < len(s); i++ {
		if !text.IsLetter(s[i]) && !strings.ContainsRune("./-+@[]()\\", rune(s[i])) {
			return false
		}
	}
	base := s[strings.LastIndexAny(s, `/\`)+1:]
	ext := path.Ext(base)
	if len(ext) < 2 || ext[1] >= '0' && ext[1] <= '9' {
		return false
	}
	return len(base) > len(ext)
}

// family joins the languages that one file may be labelled with.
func family(l text.Lang) text.Lang {
	switch l {
	case text.IPython:
		return text.Python
	case text.JavaScript, text.JSX, text.TypeScript, text.TSX:
		return text.JavaScript
	case text.Console:
		return text.Shell
	}
	return l
}
