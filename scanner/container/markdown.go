package container

import (
	"bytes"
	"figment/scanner/text"
	"fmt"
	"path"
	"strings"
)

// splitMarkdown takes a document apart: fences, indented code, and what stands
// between them as one fragment of prose. Front matter and HTML comments are
// left out.
//
// Fences follow CommonMark 0.31, section 4.5 (https://spec.commonmark.org/),
// but are taken wherever they stand in lists and quotes, and one that a model
// forgot to close ends at the next fence with a label of its own.
func splitMarkdown(s *Splitter, f *text.Fragment) {
	m := &markdown{s: s, f: f, t: f.Text, mdx: strings.EqualFold(path.Ext(f.Name), ".mdx")}
	m.run()
}

type markdown struct {
	s     *Splitter
	f     *text.Fragment
	t     []byte
	mdx   bool
	prose text.Builder
	kept  text.Span // of prose, not yet in the builder
	fence int
	above []byte // the last line of prose that is not blank; nil after a fence
	list  int    // column where the text of the list item begins; 0: in no list
	open  bool   // a comment was opened that nothing closes
}

func (m *markdown) run() {
	blank := true // so was the line before
	for i := m.frontMatter(); i < len(m.t); {
		end, next := text.LineBounds(m.t, i)
		line := m.t[i:end]
		if o, ok := fenceAt(line); ok {
			i = m.body(o, i, end, next)
			blank, m.above = true, nil
			continue
		}
		if len(bytes.TrimSpace(line)) == 0 {
			m.keep(i, next)
			blank = true
			i = next
			continue
		}
		indent := columns(line)
		if blank && indent < m.list {
			m.list = 0
		}
		if blank && indent >= m.list+4 {
			i = m.code(i, m.list+4)
			continue
		}
		if n := listColumn(line); n > 0 {
			m.list = n
		}
		if m.mdx && blank && (bytes.HasPrefix(line, []byte("import ")) || bytes.HasPrefix(line, []byte("export "))) {
			i = m.module(i)
			continue
		}
		blank = false
		if bytes.Contains(line, []byte("<!--")) && !m.open {
			m.above = nil
			i = m.commented(i, end, next)
			continue
		}
		m.above = line
		m.keep(i, next)
		i = next
	}
	m.prose.Verbatim(m.t[m.kept.Start:m.kept.End], m.kept.Start)
	if m.prose.Len() == 0 {
		return
	}
	src, mp := m.prose.Done()
	p := m.f.Derive(src, mp, text.Prose)
	p.Depth, p.Cut = m.f.Depth, m.f.Cut && m.above != nil
	m.s.Split(p)
}

// keep adds a piece of the document to the prose.
func (m *markdown) keep(start, end int) {
	if start == m.kept.End {
		m.kept.End = end
		return
	}
	m.prose.Verbatim(m.t[m.kept.Start:m.kept.End], m.kept.Start)
	m.kept = text.Span{Start: start, End: end}
}

// frontMatter gives the offset after a block of settings at the very beginning.
func (m *markdown) frontMatter() int {
	end, next := text.LineBounds(m.t, 0)
	mark := string(bytes.TrimRight(m.t[:end], " \t"))
	if mark != "---" && mark != "+++" {
		return 0
	}
	for i := next; i < len(m.t); {
		end, next := text.LineBounds(m.t, i)
		if s := string(bytes.TrimRight(m.t[i:end], " \t")); s == mark || mark == "---" && s == "..." {
			return next
		}
		i = next
	}
	return 0
}

// commented keeps a line but for the HTML comments that open in it, which may
// end in a later line, and gives the offset after the last line it read. What
// looks like one in inline code, or has no end, is text.
func (m *markdown) commented(i, end, next int) int {
	code := false // an odd number of backticks stands before i
	for {
		at := bytes.Index(m.t[i:end], []byte("<!--"))
		if at < 0 {
			break
		}
		at += i
		if bytes.Count(m.t[i:at], []byte("`"))%2 == 1 {
			code = !code
		}
		if code {
			m.keep(i, at+4)
			i = at + 4
			continue
		}
		n := bytes.Index(m.t[at+4:], []byte("-->"))
		if n < 0 {
			m.open = true
			break
		}
		m.keep(i, at)
		if i = at + 4 + n + 3; i > end {
			end, next = text.LineBounds(m.t, i)
		}
	}
	m.keep(i, next)
	return next
}

// module reads a block of JavaScript in MDX: it ends with a blank line.
func (m *markdown) module(start int) int {
	i := start
	for i < len(m.t) {
		end, next := text.LineBounds(m.t, i)
		if len(bytes.TrimSpace(m.t[i:end])) == 0 {
			break
		}
		i = next
	}
	c := m.f.Child(text.Span{Start: start, End: i}, text.JSX)
	c.Label = m.label("module")
	m.s.Split(c)
	return i
}

// label puts a word for a place behind that of the place around it.
func (m *markdown) label(word string) string {
	if m.f.Label == "" {
		return word
	}
	return m.f.Label + ", " + word
}

// An opener is the first line of a fence.
type opener struct {
	char   byte
	length int
	info   string
	quotes int // marks of quotation before it
	indent int // columns between the last of them, or the line's beginning, and the fence
}

// fenceAt reads a line as the first of a fence.
func fenceAt(line []byte) (o opener, ok bool) {
	i, col := 0, 0
	for i < len(line) {
		switch c := line[i]; {
		case c == ' ':
			i, col = i+1, col+1
		case c == '\t':
			i, col = i+1, col+4-col%4
		case c == '>':
			o.quotes++
			i, col = i+1, 0
		case c == '`' || c == '~':
			n := i
			for n < len(line) && line[n] == c {
				n++
			}
			info := bytes.TrimSpace(line[n:])
			if n-i < 3 || c == '`' && bytes.IndexByte(info, '`') >= 0 {
				return o, false
			}
			o.char, o.length, o.indent = c, n-i, col
			o.info = string(info[:min(len(info), 1000)])
			return o, true
		default:
			n := listMarker(line[i:])
			if n == 0 {
				return o, false
			}
			i, col = i+n, col+n
		}
	}
	return o, false
}

// listMarker gives the length of "- ", "* ", "+ ", "1. " or "1) " at the start.
func listMarker(s []byte) int {
	i := 0
	for i < len(s) && i < 9 && s[i] >= '0' && s[i] <= '9' {
		i++
	}
	if i > 0 && i+1 < len(s) && (s[i] == '.' || s[i] == ')') && (s[i+1] == ' ' || s[i+1] == '\t') {
		return i + 2
	}
	if i == 0 && len(s) > 1 && (s[0] == '-' || s[0] == '*' || s[0] == '+') && (s[1] == ' ' || s[1] == '\t') {
		return 2
	}
	return 0
}

// columns is how far a line is indented; tabs reach to the next multiple of 4.
func columns(line []byte) int {
	col := 0
	for _, c := range line {
		switch c {
		case ' ':
			col++
		case '\t':
			col += 4 - col%4
		default:
			return col
		}
	}
	return col
}

// listColumn is the column where the text of a list item begins; 0 for a line
// that begins none.
func listColumn(line []byte) int {
	trimmed := bytes.TrimLeft(line, " \t")
	n := listMarker(trimmed)
	if n == 0 {
		return 0
	}
	return columns(line) + n
}

// outdent gives the offset in line after at most cols columns of blanks.
func outdent(line []byte, i, cols int) int {
	for col := 0; i < len(line) && col < cols; i++ {
		switch line[i] {
		case ' ':
			col++
		case '\t':
			col += 4 - col%4
		default:
			return i
		}
	}
	return i
}

// strip gives the offset in a line of the body after what belongs to the quote
// and the indent that the fence stands in. ok is false for a line outside the
// quote: the fence ends before it.
func (o *opener) strip(line []byte) (at int, ok bool) {
	i := 0
	for range o.quotes {
		n := i
		for n < len(line) && (line[n] == ' ' || line[n] == '\t') {
			n++
		}
		if n == len(line) || line[n] != '>' {
			return i, false
		}
		i = n + 1
	}
	return outdent(line, i, o.indent), true
}

// closes reports whether a line, stripped, ends the fence.
func (o *opener) closes(line []byte) bool {
	rest := bytes.TrimLeft(line, " ")
	if len(line)-len(rest) > 3 {
		return false
	}
	n := 0
	for n < len(rest) && rest[n] == o.char {
		n++
	}
	return n >= o.length && len(bytes.TrimSpace(rest[n:])) == 0
}

// body reads a fence whose first line is given and returns the offset after it.
func (m *markdown) body(o opener, start, end, next int) int {
	m.keep(end, next) // a blank line, so that the paragraphs around stay apart
	m.fence++
	label := fenceLabel(o.info)
	_, lang, _ := m.s.recognize.Label(label)
	var b text.Builder
	closed, simple, from := false, true, next
	i := next
	for i < len(m.t) {
		end, after := text.LineBounds(m.t, i)
		line := m.t[i:end]
		at, inside := o.strip(line)
		if !inside {
			closed = true
			break
		}
		if o.closes(line[at:]) {
			closed = true
			break
		}
		if lang != text.Markdown && m.reopens(&o, line, label) {
			closed = true
			break
		}
		if at > 0 && simple {
			simple = false
			b.Verbatim(m.t[from:i], from)
		}
		if !simple {
			b.Verbatim(m.t[i+at:after], i+at)
		}
		i = after
	}
	var c *text.Fragment
	if simple {
		c = m.f.Child(text.Span{Start: from, End: i}, text.Undecided)
	} else {
		src, mp := b.Done()
		c = m.f.Derive(src, mp, text.Undecided)
	}
	c.Cut = !closed
	c.Label = m.label(fmt.Sprintf("fence %d", m.fence))
	m.resolve(c, o.info, lang, label)
	m.mixed(c)
	if closed && i < len(m.t) {
		end, after := text.LineBounds(m.t, i)
		if at, inside := o.strip(m.t[i:end]); inside && o.closes(m.t[i+at:end]) {
			return after
		}
	}
	return i
}

// reopens reports whether a line in the fence begins another: as long, with a
// known label that is not this one's.
func (m *markdown) reopens(o *opener, line []byte, label string) bool {
	next, ok := fenceAt(line)
	if !ok || next.char != o.char || next.length != o.length || next.info == "" {
		return false
	}
	word := fenceLabel(next.info)
	_, _, known := m.s.recognize.Label(word)
	return known && word != label
}

// code reads indented code from the line at i on, and gives the offset after
// it. What does not look like anything that is read stays prose.
func (m *markdown) code(i, cols int) int {
	last := i
	for at := i; at < len(m.t); {
		end, next := text.LineBounds(m.t, at)
		line := m.t[at:end]
		empty := len(bytes.TrimSpace(line)) == 0
		if _, fence := fenceAt(line); fence || !empty && columns(line) < cols {
			break
		}
		if !empty {
			last = next
		}
		at = next
	}
	var b text.Builder
	for at := i; at < last; {
		end, next := text.LineBounds(m.t, at)
		from := at + outdent(m.t[at:end], 0, cols)
		b.Verbatim(m.t[from:next], from)
		at = next
	}
	src, mp := b.Done()
	c := m.f.Derive(src, mp, text.Undecided)
	c.Cut = m.f.Cut && last == len(m.t)
	m.above = nil
	if c.Name, c.Lang = m.s.recognize.Content(src); c.Lang == text.Undecided || c.Lang == text.Text && c.Name == "" || c.Lang == text.Markdown {
		m.keep(i, last)
		return last
	}
	m.ipython(c)
	c.Label = m.label("indented code")
	m.mixed(c)
	return last
}

// fenceLabel is the first word of a fence's info string in lower case, without
// braces and the dot that Pandoc and R Markdown put in front.
func fenceLabel(info string) string {
	info = strings.TrimLeft(info, "{. \t")
	if i := strings.IndexAny(info, " \t:,{}"); i >= 0 {
		info = info[:i]
	}
	return strings.ToLower(info)
}

// hasFence reports whether a line of the text begins a fence.
func hasFence(src []byte) bool {
	found := false
	text.EachLine(src, func(line []byte) bool {
		_, found = fenceAt(line)
		return !found
	})
	return found
}
