package javascript

import (
	"bytes"

	"figment/scanner/extract"
	"figment/scanner/extract/code"
	"figment/scanner/text"
)

func (j *scanner) blockComment(i int) int {
	s := j.s
	end := j.commentEnd(i)
	if end < 0 {
		j.broken = true
		return i + 2
	}
	j.comment = text.Span{Start: i, End: end}
	if lineEnd(s[:end], i) < end {
		j.breakAt = end
	}
	if end-i > 4 && s[i+2] == '*' {
		body := s[i : end-2]
		for _, mark := range []string{"import", "@jsxImportSource "} {
			if at := bytes.Index(body, []byte(mark)); at >= 0 {
				j.docComment(i, end-2)
				break
			}
		}
	}
	return end
}

// docComment reads the imports of types that JSDoc knows: import("m") in the
// braces behind a tag, and the tag @import.
func (j *scanner) docComment(i, end int) {
	s := j.s
	in := &scanner{s: s[:end], f: j.f, e: j.e, table: j.table, known: &aliases{}, endless: end + 1}
	tag, braces := false, 0
	for k := i + 3; k < end; {
		switch c := s[k]; {
		case c == '@':
			w := text.Word(s[:end], k+1)
			tag, braces = w > k+1, 0
			switch string(s[k+1 : w]) {
			case "import":
				k = in.docImport(w)
				continue
			case "jsxImportSource":
				at := text.Blank(s, w)
				stop := at
				for stop < end && s[stop] > ' ' && s[stop] != '*' {
					stop++
				}
				if stop > at {
					j.add(&code.Literal{Text: string(s[at:stop]), Span: text.Span{Start: at, End: stop}}, 0)
				}
			}
			k = w
		case c == '{' && (tag || braces > 0):
			braces++
			k++
		case c == '}' && braces > 0:
			if braces--; braces == 0 {
				tag = false
			}
			k++
		case braces > 0 && c == 'i' && !text.IsLetter(s[k-1]) && s[k-1] != '.' && has(s[:end], k, "import"):
			k += len("import")
			if at := in.skip(k); at < end && s[at] == '(' {
				if l, ok := in.argument(at + 1); ok && !l.Open {
					j.add(&l, extract.TypeOnly)
				}
			}
		case c > ' ' && c != '*':
			if braces == 0 {
				tag = false
			}
			k++
		default:
			k++
		}
	}
	j.refs = append(j.refs, in.refs...)
}

// docImport reads what follows the tag @import, as far as the word from and its
// literal, and gives the offset to go on from.
func (j *scanner) docImport(i int) int {
	s := j.s
	stop := len(s)
	if at := bytes.IndexByte(s[i:], '\n'); at >= 0 {
		// Further lines belong to it while its braces are open.
		stop = i + at
		if open := bytes.IndexByte(s[i:stop], '{'); open >= 0 && bytes.IndexByte(s[i:stop], '}') < 0 {
			if shut := bytes.IndexByte(s[stop:], '}'); shut >= 0 {
				stop = text.LineEnd(s, stop+shut)
			}
		}
	}
	line := s[:stop]
	for k := i; k < stop; {
		w, _ := wordEnd(line, k)
		if w > k && string(s[k:w]) == "from" || w == k && (s[k] == '"' || s[k] == '\'') {
			if l, ok := readString(line, white(line, w)); ok {
				j.add(&l, extract.TypeOnly)
				return l.Next
			}
		}
		k = max(w, k+1)
	}
	return stop
}

func (j *scanner) lineComment(i int) int {
	s := j.s
	end := lineEnd(s, i)
	if bytes.HasPrefix(s[i:end], []byte("///")) && bytes.Contains(s[i:end], []byte("<reference")) {
		if at := bytes.Index(s[i:end], []byte("types=")); at >= 0 {
			if l, ok := readString(s[:end], i+at+len("types=")); ok {
				j.add(&l, extract.TypeOnly)
			}
		}
		return end
	}
	start := i
	for start < end && (s[start] == '/' || s[start] == ' ' || s[start] == '\t') {
		start++
	}
	if start < end && j.e.Commands.MayInstall(s[start:end]) {
		j.hand(j.f.Child(text.Span{Start: start, End: end}, text.Prose), 0)
	}
	return end
}

// skip passes over white space and comments.
func (j *scanner) skip(i int) int {
	s := j.s
	line := false // a line ended: --> opens a comment
	for {
		at := white(s, i)
		line = line || at > i && lineEnd(s[:at], i) < at
		i = at
		if i+1 >= len(s) {
			return i
		}
		switch {
		case s[i] == '/' && s[i+1] == '/':
			i = lineEnd(s, i)
		case s[i] == '/' && s[i+1] == '*':
			end := j.commentEnd(i)
			if end < 0 {
				return len(s)
			}
			line = line || lineEnd(s[:end], i) < end
			i = end
		case s[i] == '<' && j.htmlOpen(i), s[i] == '-' && line && j.htmlClose(i):
			i = lineEnd(s, i)
		default:
			return i
		}
	}
}

// commentEnd gives the offset after the block comment at i, or -1. The last
// answer is kept, so that what is looked at again and again is searched once.
func (j *scanner) commentEnd(i int) int {
	if i >= j.endless {
		return -1
	}
	if i+2 < j.starFrom || i+2 > j.star || j.star == 0 {
		at := bytes.Index(j.s[i+2:], []byte("*/"))
		if at < 0 {
			j.endless = i
			return -1
		}
		j.starFrom, j.star = i+2, i+2+at
	}
	return j.star + 2
}

// Comments of HTML in scripts that are no modules:
// https://tc39.es/ecma262/#sec-html-like-comments
func (j *scanner) htmlOpen(i int) bool {
	if !bytes.HasPrefix(j.s[i:], []byte("<!--")) || !j.script || j.known.module {
		return false
	}
	j.known.comment = true
	return true
}

func (j *scanner) htmlClose(i int) bool {
	if !bytes.HasPrefix(j.s[i:], []byte("-->")) || !j.script || j.known.module {
		return false
	}
	j.known.comment = true
	return true
}

// firstOnLine reports whether only white space and comments stand before i on
// its line.
func (j *scanner) firstOnLine(i int) bool {
	s := j.s
	for i > 0 {
		switch c := s[i-1]; {
		case c == '\n' || c == '\r' || i >= 3 && separator(s, i-3):
			return true
		case c == ' ' || c == '\t' || c == '\v' || c == '\f':
			i--
		case c == '/' && i == j.comment.End:
			if lineEnd(s[:i], j.comment.Start) < i {
				return true
			}
			i = j.comment.Start
		default:
			return false
		}
	}
	return true
}
