package extract

import (
	"bytes"
	"strings"

	"figment/scanner/text"
)

// ProgramWord reports whether a literal is the name of a package manager and is
// followed by further words: the list of them is a command, whatever is given it.
func ProgramWord(c Commands, s []byte, start, end int) bool {
	if end <= start || end-start > 60 || end+1 >= len(s) || !nextIsComma(s, end+1) {
		return false
	}
	return s[start] == '-' && string(s[start:end]) == "-m" || c.Manager(c.Program(string(s[start:end])))
}

func nextIsComma(s []byte, i int) bool {
	i = text.White(s, i)
	return i < len(s) && s[i] == ','
}

// maxList is how long a list of words of a command may be.
const maxList = 4000

// runTimeWord stands for a word that only the running program knows.
const runTimeWord = " $word"

// elementEnd is the end of an element of a list in code: its comma, or the
// bracket that closes the list.
func elementEnd(s []byte, i int) int {
	depth := 0
	for ; i < len(s); i++ {
		switch s[i] {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			if depth--; depth < 0 {
				return i
			}
		case ',':
			if depth == 0 {
				return i
			}
		case '"', '\'', '`':
			for quote := s[i]; i+1 < len(s) && s[i+1] != quote && s[i+1] != '\n'; i++ {
				if s[i+1] == '\\' {
					i++
				}
			}
			i++
		}
	}
	return len(s)
}

// argsMethod gives the offset of what follows a program or a word of it in Rust,
// and in what is written like that: Command::new("pip").args(["install", "x"]),
// .arg("x"). Where it is written otherwise it is k.
func argsMethod(s []byte, k int) int {
	at := k
	if at < len(s) && s[at] == ']' {
		at++
	}
	if at >= len(s) || s[at] != ')' {
		return k
	}
	at = text.White(s, at+1)
	for _, call := range []string{".args(&[", ".args([", ".args(vec![", ".arg("} {
		if bytes.HasPrefix(s[at:], []byte(call)) {
			return at + len(call)
		}
	}
	return k
}

// ListBehind makes a shell text of the words of a command in a list, of which the
// first ends at i: "npm", ["i", "x"]; known stands before them. It gives the offset
// behind the list, and nil where it is none. In code, what is no literal is a word
// that only the program knows.
func ListBehind(f *text.Fragment, known string, start, i int, code bool) (*text.Fragment, int) {
	s := f.Text
	limit := min(len(s), i+maxList)
	var b text.Builder
	b.Escape(known, start, 0)
	b.Verbatim(s[start:i], start)
	k := min(i+1, limit)
	blank := func() {
		for k < limit && strings.IndexByte(" \t\r\n,", s[k]) >= 0 {
			k++
		}
	}
	blank()
	k = argsMethod(s[:limit], k)
	blank()
	for n := 0; n < 2 && k < limit && (s[k] == '[' || s[k] == '(' || s[k] == '{'); n++ { // "npm", ["i", "x"]
		k++
		blank()
	}
	at := k
	for at < limit && (s[at] == '"' || s[at] == '\'') {
		at++
	}
	if bytes.HasPrefix(s[at:limit], []byte("args")) {
		at += len("args")
		for at < limit && strings.IndexByte("\"' \t:=", s[at]) >= 0 {
			at++
		}
		if at < limit && s[at] == '[' {
			k = at + 1
		}
	}
	for words := 0; words < 200; words++ {
		blank()
		k = argsMethod(s[:limit], k)
		blank()
		if k+1 < limit && s[k] == ']' { // ["npm", "i"] + ["x"]
			if more := text.White(s, k+1); more < limit && s[more] == '+' {
				if more = text.White(s, more+1); more < limit && s[more] == '[' {
					k = more + 1
					blank()
				} else if code {
					b.Escape(runTimeWord, k, 0)
				}
			}
		}
		if k >= limit || s[k] != '"' && s[k] != '\'' {
			if !code || k >= limit || strings.IndexByte("])}", s[k]) >= 0 {
				break
			}
			b.Escape(runTimeWord, k, 0)
			if k = elementEnd(s[:limit], k); k >= limit || s[k] != ',' {
				break
			}
			continue
		}
		quote, from := s[k], k+1
		for k = from; k < limit && s[k] != quote && s[k] != '\n'; k++ {
			if s[k] == '\\' {
				k++
			}
		}
		if k >= limit || s[k] != quote {
			return nil, i
		}
		word := s[from:k]
		k++
		if words == 0 && string(word) == string(s[start:i]) {
			continue // what the program is told that it is called
		}
		if after := text.Blank(s, k); after < len(s) && (s[after] == ':' || s[after] == '=') {
			return nil, i // a key: this was no list
		}
		b.Escape(" ", from-1, 1)
		if bytes.ContainsAny(word, " \t;|&<>()$`'\"") && (words > 0 || bytes.ContainsAny(word, ";|&<>()$`'\"")) {
			b.Escape("'", from, 0)
			b.Verbatim(bytes.ReplaceAll(word, []byte("'"), []byte(" ")), from)
			b.Escape("'", from+len(word), 0)
		} else {
			b.Verbatim(word, from)
		}
	}
	src, m := b.Done()
	return f.Derive(src, m, text.Shell), k
}
