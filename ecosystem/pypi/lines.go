package pypi

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"figment/internal/lazyregexp"
	"figment/scanner/text"
)

// A pipLine is one logical line of a requirements file, as pip's parser sees
// it: physical lines joined, the comment and the blanks around it gone.
type pipLine struct {
	text  string
	m     text.Map  // offsets of text → offsets of the fragment
	whole text.Span // the first physical line in the fragment, for problems
}

// span maps a range of the line's text to the fragment.
func (l *pipLine) span(start, end int) text.Span {
	return l.m.Outer(text.Span{Start: start, End: end})
}

// pipLines hands over the logical lines of a text in pip's own order of work:
// split, join, cut comments off, strip. outer maps the text to the fragment.
func pipLines(s []byte, outer text.Map, visit func(pipLine)) {
	var b text.Builder
	first := -1
	done := func(end int) {
		src, m := b.Done()
		visit(stripPipLine(string(src), m.Then(outer), outer.Outer(text.Span{Start: first, End: end})))
		b, first = text.Builder{}, -1
	}
	firstEnd := 0
	for i := 0; i < len(s); {
		end, next := pipLineEnd(s, i)
		line := s[i:end]
		comment := commentOnly(line)
		if first < 0 {
			first, firstEnd = i, end
		}
		if comment || !bytes.HasSuffix(line, []byte(`\`)) {
			if comment {
				b.Escape(" ", i, 0) // a comment ends what was continued before it
			}
			b.Verbatim(line, i)
			done(firstEnd)
		} else {
			// pip takes the backslashes of both ends.
			trimmed := bytes.TrimLeft(line, `\`)
			at := i + len(line) - len(trimmed)
			b.Verbatim(bytes.TrimRight(trimmed, `\`), at)
		}
		i = next
	}
	if first >= 0 {
		done(firstEnd)
	}
}

// pipLineEnd finds the end of the physical line at i and the start of the next
// one, where Python's str.splitlines puts them.
func pipLineEnd(s []byte, i int) (end, next int) {
	for ; i < len(s); i++ {
		switch s[i] {
		case '\n', '\v', '\f', 0x1c, 0x1d, 0x1e:
			return i, i + 1
		case '\r':
			if i+1 < len(s) && s[i+1] == '\n' {
				return i, i + 2
			}
			return i, i + 1
		case 0xc2: // U+0085
			if i+1 < len(s) && s[i+1] == 0x85 {
				return i, i + 2
			}
		case 0xe2: // U+2028, U+2029
			if i+2 < len(s) && s[i+1] == 0x80 && (s[i+2] == 0xa8 || s[i+2] == 0xa9) {
				return i, i + 3
			}
		}
	}
	return len(s), len(s)
}

// commentOnly reports whether a physical line has nothing before its "#".
func commentOnly(line []byte) bool {
	for len(line) > 0 {
		r, n := utf8.DecodeRune(line)
		if !pythonSpace(r) {
			return r == '#'
		}
		line = line[n:]
	}
	return false
}

// pythonSpace reports what str.isspace and the class \s of Python's re hold for
// a blank.
func pythonSpace(r rune) bool {
	switch {
	case r >= 0x09 && r <= 0x0d, r >= 0x1c && r <= 0x20, r == 0x85, r == 0xa0, r == 0x1680,
		r >= 0x2000 && r <= 0x200a, r == 0x2028, r == 0x2029, r == 0x202f, r == 0x205f, r == 0x3000:
		return true
	}
	return false
}

// stripPipLine cuts the comment and the outer blanks off a joined line.
func stripPipLine(src string, m text.Map, whole text.Span) pipLine {
	blank := true
	for i, r := range src {
		if r == '#' && blank {
			src = src[:i]
			break
		}
		blank = pythonSpace(r)
	}
	src = strings.TrimRightFunc(src, pythonSpace)
	trimmed := strings.TrimLeftFunc(src, pythonSpace)
	if at := len(src) - len(trimmed); at > 0 && trimmed != "" {
		m = m.Slice(text.Span{Start: at, End: len(src)})
	}
	return pipLine{trimmed, m, whole}
}

var codingCookie = lazyregexp.New(`coding[:=][ \t\n\r\f\v]*([-\w.]+)`)

// pipText decodes a requirements file as pip does: by its byte order mark, by
// "# coding: x" in its first two lines, else as UTF-8. The map leads from the
// text to the fragment's. encoding is what the file is in where that is none of
// the encodings that are read here; the text is then as it stands.
func pipText(f *text.Fragment) (src []byte, m text.Map, encoding string) {
	s := f.Text
	whole := f.Label == "" && f.Map.Identity() // with a mark the walk has decoded it, and a snippet is in no encoding
	if !whole {
		return s, text.Map{}, ""
	}
	if bytes.HasPrefix(s, []byte("\x00\x00\xfe\xff")) {
		src, m = decodeUTF32(s)
		return src, m, ""
	}
	for n, rest := 0, s; n < 2; n++ {
		line, after, more := bytes.Cut(rest, []byte("\n"))
		if bytes.HasPrefix(line, []byte("#")) {
			if found := codingCookie().FindSubmatch(line); found != nil {
				switch name := string(found[1]); pythonCodec(name) {
				case "ascii":
					if bytes.ContainsFunc(s, func(r rune) bool { return r >= 0x80 }) {
						return s, text.Map{}, "not " + name
					}
					return s, text.Map{}, ""
				case "utf8":
					return s, text.Map{}, invalidUTF8(f)
				case "latin1":
					src, m = decodeLatin1(s)
					return src, m, ""
				default:
					return s, text.Map{}, name
				}
			}
		}
		if !more {
			break
		}
		rest = after
	}
	return s, text.Map{}, invalidUTF8(f)
}

// invalidUTF8 names the encoding of a text that is not what it should be.
func invalidUTF8(f *text.Fragment) string {
	if f.Cut || utf8.Valid(f.Text) {
		return ""
	}
	return "not UTF-8"
}

// pythonCodec gives the codec that Python means by a name, of those that are
// read here; else "".
func pythonCodec(name string) string {
	var b strings.Builder
	for _, c := range strings.ToLower(name) {
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' {
			b.WriteRune(c)
		} else if !strings.HasSuffix(b.String(), "_") {
			b.WriteByte('_')
		}
	}
	switch strings.Trim(b.String(), "_") {
	case "utf_8", "utf8", "u8", "utf", "utf8_ucs2", "utf8_ucs4", "cp65001", "utf_8_sig":
		return "utf8"
	case "ascii", "us_ascii", "646", "ansi_x3_4_1968", "ansi_x3_4_1986", "iso646_us", "iso_646_irv_1991", "us", "ibm367", "cp367", "csascii", "iso_ir_6":
		return "ascii"
	case "latin_1", "latin1", "latin", "l1", "iso_8859_1", "iso8859_1", "iso8859", "8859", "cp819", "ibm819", "iso_ir_100":
		return "latin1"
	}
	return ""
}

func decodeLatin1(s []byte) ([]byte, text.Map) {
	var b text.Builder
	plain := 0
	for i, c := range s {
		if c >= 0x80 {
			b.Verbatim(s[plain:i], plain)
			b.Escape(string(rune(c)), i, 1)
			plain = i + 1
		}
	}
	b.Verbatim(s[plain:], plain)
	return b.Done()
}

// decodeUTF32 reads big endian UTF-32 behind its mark. The other order is taken
// for UTF-16 by pip too.
func decodeUTF32(s []byte) ([]byte, text.Map) {
	var b text.Builder
	for i := 4; i+3 < len(s); i += 4 {
		r := rune(s[i])<<24 | rune(s[i+1])<<16 | rune(s[i+2])<<8 | rune(s[i+3])
		if !utf8.ValidRune(r) {
			r = utf8.RuneError
		}
		b.Escape(string(r), i, 4)
	}
	return b.Done()
}
