package python

import (
	"bytes"
	"strings"

	"figment/scanner/extract"
	"figment/scanner/text"
)

// pep723 hands over the metadata block of a script. What stands in one of the
// strings in quoted, which are sorted, is no block.
//
// Specification: https://packaging.python.org/en/latest/specifications/inline-script-metadata/
func pep723(f *text.Fragment, e *extract.Emitter, quoted []text.Span) {
	s := f.Text
	if !bytes.Contains(s, []byte("# /// script")) {
		return
	}
	blocks := 0
	for i := 0; i < len(s); {
		line := bytes.TrimRight(s[i:text.LineEnd(s, i)], " \t")
		next := text.NextLine(s, i)
		for len(quoted) > 0 && quoted[0].End <= i {
			quoted = quoted[1:]
		}
		if string(line) != "# /// script" || len(quoted) > 0 && quoted[0].Start < i {
			i = next
			continue
		}
		var b text.Builder
		end, closed := next, -1
		for k := next; k < len(s); {
			l := s[k:text.LineEnd(s, k)]
			if !bytes.HasPrefix(l, []byte("#")) {
				break
			}
			if string(bytes.TrimRight(l, " \t")) == "# ///" {
				closed = k
			}
			k = text.NextLine(s, k)
			end = k
		}
		if closed < 0 {
			i = end
			continue
		}
		for k := next; k < closed; {
			stop := text.NextLine(s, k)
			at := k + 1
			if at < stop && s[at] == ' ' {
				at++
			}
			b.Verbatim(s[at:stop], at)
			k = stop
		}
		blocks++
		src, m := b.Done()
		c := f.Derive(src, m, text.TOML)
		c.Name = ScriptBlock
		var flags extract.Flags
		if blocks > 1 {
			flags = extract.Low
		}
		e.Fragment(c, flags)
		i = end
	}
}

// What the declared encoding of a source makes of its bytes.
type textKind uint8

const (
	utf8Text  textKind = iota // ASCII and UTF-8, and what differs from them in comments and strings only
	latinText                 // Latin-1 and its like: a byte is a character
	otherText                 // bytes of ASCII may mean something else
)

// encoding reads the encoding that one of the first two lines declares.
//
// Grammar: https://docs.python.org/3/reference/lexical_analysis.html#encoding-declarations
func encoding(s []byte) (name string, kind textKind) {
	for i, n := 0, 0; n < 2 && i < len(s); n++ {
		line := s[i:text.LineEnd(s, i)]
		i = text.NextLine(s, i)
		body := bytes.TrimLeft(line, " \t\f")
		if len(body) == 0 {
			continue
		}
		if body[0] != '#' {
			return "", utf8Text
		}
		for at := 0; ; {
			k := bytes.Index(body[at:], []byte("coding"))
			if k < 0 {
				break
			}
			at += k + len("coding")
			if at >= len(body) || body[at] != ':' && body[at] != '=' {
				continue
			}
			start := text.Blank(body, at+1)
			end := start
			for end < len(body) && (body[end] < 0x80 && text.IsLetter(body[end]) || body[end] == '-' || body[end] == '.') {
				end++
			}
			if end > start {
				name = string(body[start:end])
				return name, encodingKind(name, s)
			}
		}
	}
	return "", utf8Text
}

// encodingKind tells what an encoding does to the bytes of s.
//
// Names: https://docs.python.org/3/library/codecs.html#standard-encodings
func encodingKind(name string, s []byte) textKind {
	n := strings.NewReplacer("_", "-", ".", "-").Replace(strings.ToLower(name))
	switch n {
	case "utf-8", "utf8", "u8", "utf", "utf-8-sig", "utf8-ucs2", "utf8-ucs4", "cp65001", "ascii", "us-ascii", "646":
		return utf8Text
	case "latin-1", "latin1", "latin", "l1", "iso-8859-1", "iso8859-1", "iso-8859-15", "iso8859-15", "latin-9", "latin9", "l9", "8859", "cp819",
		"cp1252", "windows-1252", "1252":
		return latinText
	}
	if strings.HasPrefix(n, "utf-8-") { // as an editor adds the kind of line end
		return utf8Text
	}
	if strings.HasPrefix(n, "latin-1-") || strings.HasPrefix(n, "iso-8859-1-") {
		return latinText
	}
	for _, p := range []string{"iso-8859-", "iso8859-", "latin-", "latin", "cp125", "windows-125", "koi8-", "mac-", "euc-", "euc", "gb", "936", "cp936", "cp949", "big5", "shift-jis", "shiftjis", "sjis", "s-jis", "cp932", "ms932", "windows-31j", "cyrillic", "greek", "hebrew", "arabic", "thai", "tis-620"} {
		// Beyond ASCII bytes stand for other characters, which some encodings
		// make of two bytes, the second of which may look like ASCII.
		if strings.HasPrefix(n, p) {
			for _, c := range s {
				if c >= 0x80 {
					return otherText
				}
			}
			return utf8Text
		}
	}
	return otherText
}

// ScriptBlock is the name of the metadata of a script, which no file has.
const ScriptBlock = "script metadata"
