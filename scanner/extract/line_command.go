package extract

import (
	"bytes"
	"strings"

	"figment/scanner/text"
)

// matchLines knows a text inside another, of a language that nothing reads. A
// whole file of one is a row of what was not read.
func matchLines(f *text.Fragment) bool {
	if f.Label == "" && f.Depth == 0 {
		return false
	}
	switch f.Lang {
	case text.Other, text.YAML, text.TOML, text.JSON, text.XML:
		return true
	}
	return false
}

// extractLines finds commands in a text whose language is not read: where the
// name of a package manager begins a line, a value or a quoted text. They are
// doubted. A command in a comment is a mention.
func extractLines(f *text.Fragment, e *Emitter) error {
	s := f.Text
	if !MayInstall(append(bytes.Clone(s), ' ')) {
		return nil
	}
	for i := 0; i < len(s); {
		end, next := text.LineEnd(s, i), text.NextLine(s, i)
		for end > i && s[end-1] == '\\' && next < len(s) { // it goes on
			end, next = text.LineEnd(s, next), text.NextLine(s, next)
		}
		at := text.Blank(s, i)
		if lineComment(s[at:end]) {
			if MayInstall(s[at:end]) {
				e.Fragment(f.Child(text.Span{Start: at, End: end}, text.Prose), 0)
			}
			i = next
			continue
		}
		for at < end {
			start := managerWord(s[:end], at)
			if start < 0 {
				break
			}
			child, after := lineCommand(f, start, end)
			e.Fragment(child, Low)
			at = max(after, start+1)
		}
		i = max(next, at)
	}
	return nil
}

// lineComment reports whether a line begins as comments do.
func lineComment(line []byte) bool {
	for _, mark := range []string{"#", "//", "--", ";", "/*", "* ", "<!--", "%"} {
		if bytes.HasPrefix(line, []byte(mark)) {
			return true
		}
	}
	return false
}

// managerWord finds the next name of a package manager that begins a command; -1:
// none. One behind a word is part of a sentence.
func managerWord(line []byte, from int) int {
	for i := from; i < len(line); {
		end := i
		for end < len(line) && (IsAlnum(line[end]) || strings.IndexByte("_./-", line[end]) >= 0) {
			end++
		}
		if end == i {
			i++
			continue
		}
		if managers[program(string(line[i:min(end, i+100)]))] && beginsCommand(line, i) {
			return i
		}
		i = end
	}
	return -1
}

// beginsCommand reports whether a command may begin at i of a line.
func beginsCommand(line []byte, i int) bool {
	k := i
	for k > 0 && (line[k-1] == ' ' || line[k-1] == '\t') {
		k--
	}
	if k == 0 || strings.IndexByte("\n\r:=\"'`([{,>&|;-$@!", line[k-1]) >= 0 {
		return true
	}
	end := k
	for k > 0 && IsAlnum(line[k-1]) {
		k--
	}
	switch strings.ToLower(string(line[k:end])) {
	case "run", "sudo", "exec", "sh", "shell", "then", "do", "else", "spawn":
		return true
	}
	return false
}

// programWord reports whether a literal is the name of a package manager and is
// followed by further words: the list of them is a command, whatever is given it.
func programWord(s []byte, start, end int) bool {
	if end <= start || end-start > 60 || end+1 >= len(s) || !nextIsComma(s, end+1) {
		return false
	}
	return s[start] == '-' && string(s[start:end]) == "-m" || managers[program(string(s[start:end]))]
}

func nextIsComma(s []byte, i int) bool {
	i = text.White(s, i)
	return i < len(s) && s[i] == ','
}

// maxList is how long a list of words of a command may be.
const maxList = 4000

// lineCommand makes a shell text of the command that begins at i, and gives the
// offset after it: up to the quote that closes it, the tag that follows, or the
// end of the line.
func lineCommand(f *text.Fragment, i, end int) (*text.Fragment, int) {
	s := f.Text
	quote := byte(0)
	if i > 0 {
		quote = s[i-1]
	}
	switch quote {
	case '"', '\'', '`':
		stop := i
		for stop < end && s[stop] != quote {
			if s[stop] == '\\' {
				stop++
			}
			stop++
		}
		stop = min(stop, end)
		if bytes.IndexByte(s[i:stop], ' ') < 0 {
			if c, after := listCommand(f, i, stop); c != nil {
				return c, after
			}
		}
		return f.Child(text.Span{Start: i, End: stop}, text.Shell), stop
	case '>':
		if k := bytes.IndexByte(s[i:end], '<'); k >= 0 {
			end = i + k
		}
	default:
		// "command: npx" above "args: [-y, x]".
		if word := bytes.TrimRight(s[i:end], " \t,"); bytes.IndexByte(word, ' ') < 0 {
			if c, after := listCommand(f, i, i+len(word)); c != nil {
				return c, max(after, end)
			}
		}
	}
	return f.Child(text.Span{Start: i, End: end}, text.Shell), end
}

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

// listCommand reads the words of a command in a list, of which the first ends at
// i: "npx", "-y", "x"]; and "npx", "args": ["-y", "x"] of a configuration.
func listCommand(f *text.Fragment, start, i int) (*text.Fragment, int) {
	return listBehind(f, "", start, i, false)
}

// listBehind does so for a list that goes on what is known of the command. In
// code, what is no literal is a word that only the program knows.
func listBehind(f *text.Fragment, known string, start, i int, code bool) (*text.Fragment, int) {
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
