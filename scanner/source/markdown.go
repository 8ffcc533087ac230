package source

import (
	"bytes"
	"fmt"
	"path"
	"strings"
)

// splitMarkdown finds fences, indented code and front matter. What is between
// them is prose, handed on as one fragment. Fences follow CommonMark 0.31
// section 4.5, tolerant of list markers and quotes in front of them, and of a
// fence that is closed only by the next one's label.
func splitMarkdown(s *splitter, f *Fragment) {
	m := &markdown{s: s, f: f, mdx: path.Ext(f.Name) == ".mdx"}
	m.run()
}

type markdown struct {
	s     *splitter
	f     *Fragment
	mdx   bool
	prose Builder
	fence int
	last  string // the last line of prose that was not blank
}

// mdLine is one line: [start, end) without its line end, next the start of the
// line after it.
type mdLine struct{ start, end, next int }

func (m *markdown) line(i int) mdLine {
	t := m.f.Text
	end := i
	for end < len(t) && t[end] != '\n' && t[end] != '\r' {
		end++
	}
	next := end
	if next < len(t) {
		if t[next] == '\r' && next+1 < len(t) && t[next+1] == '\n' {
			next++
		}
		next++
	}
	return mdLine{i, end, next}
}

// opener recognises a fence: its character, length, info, and what stands
// before it.
type opener struct {
	char   byte
	length int
	info   string
	quote  int // ">" marks before it
	indent int // columns before it after the quotes
}

func fenceAt(line []byte) (o opener, ok bool) {
	i := 0
	for {
		for i < len(line) && (line[i] == ' ' || line[i] == '\t') {
			i++
		}
		if i < len(line) && line[i] == '>' {
			o.quote++
			i++
			continue
		}
		if n := listMarker(line[i:]); n > 0 {
			i += n
			continue
		}
		break
	}
	start := i
	for start > 0 && (line[start-1] == ' ' || line[start-1] == '\t') {
		start--
	}
	o.indent = i - start
	if i >= len(line) || line[i] != '`' && line[i] != '~' {
		return o, false
	}
	o.char = line[i]
	for i < len(line) && line[i] == o.char {
		o.length++
		i++
	}
	info := bytes.TrimSpace(line[i:])
	if o.length < 3 || o.char == '`' && bytes.IndexByte(info, '`') >= 0 {
		return o, false
	}
	o.info = string(info)
	return o, true
}

// listMarker gives the length of "- ", "* ", "+ ", "1. " at the start.
func listMarker(s []byte) int {
	i := 0
	for i < len(s) && i < 9 && s[i] >= '0' && s[i] <= '9' {
		i++
	}
	switch {
	case i > 0 && i+1 < len(s) && (s[i] == '.' || s[i] == ')') && s[i+1] == ' ':
		return i + 2
	case i == 0 && len(s) > 1 && (s[0] == '-' || s[0] == '*' || s[0] == '+') && s[1] == ' ':
		return 2
	}
	return 0
}

func (m *markdown) run() {
	t := m.f.Text
	i := m.frontMatter()
	blank, comment := true, false
	inList := false
	for i < len(t) {
		l := m.line(i)
		text := t[l.start:l.end]
		trimmed := bytes.TrimSpace(text)
		if comment || bytes.HasPrefix(trimmed, []byte("<!--")) {
			comment = !bytes.Contains(text, []byte("-->"))
			i = l.next
			continue
		}
		if o, ok := fenceAt(text); ok {
			i = m.body(o, l)
			blank = true
			continue
		}
		switch {
		case len(trimmed) == 0:
			blank = true
			m.keep(l)
			i = l.next
			continue
		case blank && !inList && indented(text):
			i = m.code(i)
			continue
		case m.mdx && (bytes.HasPrefix(text, []byte("import ")) || bytes.HasPrefix(text, []byte("export "))):
			m.child(i, l.next, JSX, "")
		default:
			m.keep(l)
			m.last = string(trimmed)
		}
		if n := listMarker(trimmed); n > 0 {
			inList = true
		} else if !indented(text) && text[0] != ' ' {
			inList = false
		}
		blank = false
		i = l.next
	}
	if m.prose.Len() > 0 {
		text, mp := m.prose.Done()
		p := m.f.Derive(text, mp, Prose)
		p.Depth = m.f.Depth
		p.Cut = m.f.Cut
		m.s.emit(p)
	}
}

func indented(line []byte) bool {
	return len(line) > 0 && line[0] == '\t' || bytes.HasPrefix(line, []byte("    "))
}

// keep adds a line to the prose.
func (m *markdown) keep(l mdLine) { m.prose.Verbatim(m.f.Text[l.start:l.next], l.start) }

// frontMatter skips a YAML block at the very start.
func (m *markdown) frontMatter() int {
	t := m.f.Text
	if !bytes.HasPrefix(t, []byte("---\n")) && !bytes.HasPrefix(t, []byte("---\r\n")) {
		return 0
	}
	for i := m.line(0).next; i < len(t); {
		l := m.line(i)
		if s := string(bytes.TrimSpace(t[l.start:l.end])); s == "---" || s == "..." {
			return l.next
		}
		i = l.next
	}
	return 0
}

// body reads a fence from its opening line and gives the offset after it.
func (m *markdown) body(o opener, open mdLine) int {
	t := m.f.Text
	m.fence++
	var b Builder
	i, closed := open.next, false
	label := fenceLabel(o.info)
	for i < len(t) {
		l := m.line(i)
		text := t[l.start:l.end]
		if c, ok := fenceAt(text); ok && c.char == o.char && c.length >= o.length {
			if c.info == "" {
				closed = true
				i = l.next
				break
			}
			// A model forgot to close: the next opening fence does.
			if next := fenceLabel(c.info); c.length == o.length && next != label && labels[next] != Undecided && labels[label] != Markdown {
				closed = true
				break
			}
		}
		at := l.start + stripPrefix(text, o)
		b.Verbatim(t[at:l.next], at)
		i = l.next
	}
	body, mp := b.Done()
	c := m.f.Derive(body, mp, Undecided)
	c.Label = fmt.Sprintf("fence %d", m.fence)
	c.Cut = !closed
	c.Name = m.title(o.info, body)
	if lang, ok := labels[label]; ok {
		c.Lang = lang
	} else if otherLabels[label] {
		c.Lang = Text
	}
	if c.Name != "" && (isManifest(c.Name) || langOf(c.Name) != Undecided) {
		c.Lang = Undecided // the name decides before the label
	} else {
		c.Name = ""
	}
	m.last = ""
	m.s.fragment(c)
	return i
}

// stripPrefix gives how many bytes of a body line belong to the quote marks and
// the indent of the opener.
func stripPrefix(line []byte, o opener) int {
	i := 0
	for q := 0; q < o.quote; q++ {
		k := i
		for k < len(line) && line[k] == ' ' {
			k++
		}
		if k >= len(line) || line[k] != '>' {
			break
		}
		i = k + 1
		if q == o.quote-1 && i < len(line) && line[i] == ' ' && o.indent > 0 {
			continue
		}
	}
	for n := 0; n < o.indent && i < len(line) && (line[i] == ' ' || line[i] == '\t'); n++ {
		i++
	}
	return i
}

// fenceLabel is the first word of an info string.
func fenceLabel(info string) string {
	info = strings.TrimLeft(info, "{. ")
	if i := strings.IndexAny(info, " \t:,{}="); i >= 0 {
		info = info[:i]
	}
	return strings.ToLower(info)
}

// title is the file name that a fence, or what stands just above it, gives.
func (m *markdown) title(info string, body []byte) string {
	for _, key := range []string{"title=", "filename=", "file="} {
		if _, after, ok := strings.Cut(info, key); ok {
			after = strings.TrimLeft(after, `"'`)
			if i := strings.IndexAny(after, "\"' \t}"); i >= 0 {
				after = after[:i]
			}
			return after
		}
	}
	if _, after, ok := strings.Cut(info, ":"); ok && strings.ContainsAny(after, "./") && !strings.ContainsAny(after, " \t") {
		return after
	}
	above := strings.Trim(m.last, "*_#`: ")
	if i := strings.LastIndexAny(above, " \t"); i >= 0 {
		above = above[i+1:]
	}
	above = strings.Trim(above, "*_`:()")
	if fileName(above) {
		return above
	}
	first, _, _ := bytes.Cut(bytes.TrimSpace(body), []byte("\n"))
	name := strings.Trim(string(first), "#/*<!-> \t\r")
	if len(first) > 0 && (first[0] == '#' || first[0] == '/') && isManifest(name) {
		return name
	}
	return ""
}

func fileName(s string) bool {
	if s == "" || len(s) > 200 || strings.ContainsAny(s, "<>\"'|?*") {
		return false
	}
	return isManifest(s) || path.Ext(s) != "" && extensions[path.Ext(s)] != Undecided && len(path.Ext(s)) < len(path.Base(s))
}

// code reads indented code: the lines from i that are indented or blank.
func (m *markdown) code(i int) int {
	t := m.f.Text
	var b Builder
	for i < len(t) {
		l := m.line(i)
		text := t[l.start:l.end]
		if len(bytes.TrimSpace(text)) > 0 && !indented(text) {
			break
		}
		at := l.start
		if bytes.HasPrefix(text, []byte("    ")) {
			at += 4
		} else if len(text) > 0 && text[0] == '\t' {
			at++
		}
		b.Verbatim(t[at:l.next], at)
		i = l.next
	}
	body, mp := b.Done()
	c := m.f.Derive(body, mp, Undecided)
	c.Label = "indented code"
	m.s.fragment(c)
	return i
}

func (m *markdown) child(start, end int, lang Lang, label string) {
	c := m.f.Child(Span{start, end}, lang)
	c.Label = label
	m.s.fragment(c)
}
