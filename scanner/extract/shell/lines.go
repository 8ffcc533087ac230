package shell

import (
	"bytes"
	"strings"

	"figment/scanner/extract"
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
func (g *Grammar) extractLines(f *text.Fragment, e *extract.Emitter) error {
	s := f.Text
	if !g.MayInstall(append(bytes.Clone(s), ' ')) && (!g.MayName(s) || !bytes.Contains(s, []byte(`"i"`)) && !bytes.Contains(s, []byte("'i'"))) {
		return nil
	}
	for i := 0; i < len(s); {
		end, next := text.LineEnd(s, i), text.NextLine(s, i)
		for end > i && s[end-1] == '\\' && next < len(s) { // it goes on
			end, next = text.LineEnd(s, next), text.NextLine(s, next)
		}
		at := text.Blank(s, i)
		if lineComment(s[at:end]) {
			if g.MayInstall(s[at:end]) {
				e.Fragment(f.Child(text.Span{Start: at, End: end}, text.Prose), 0)
			}
			i = next
			continue
		}
		for at < end {
			start := g.managerWord(s[:end], at)
			if start < 0 {
				break
			}
			child, after := lineCommand(f, start, end)
			e.Fragment(child, extract.Low)
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
func (g *Grammar) managerWord(line []byte, from int) int {
	for i := from; i < len(line); {
		end := i
		for end < len(line) && (extract.IsAlnum(line[end]) || strings.IndexByte("_./-", line[end]) >= 0) {
			end++
		}
		if end == i {
			i++
			continue
		}
		if g.managers[program(string(line[i:min(end, i+100)]))] && beginsCommand(line, i) {
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
	for k > 0 && extract.IsAlnum(line[k-1]) {
		k--
	}
	switch strings.ToLower(string(line[k:end])) {
	case "run", "sudo", "exec", "sh", "shell", "then", "do", "else", "spawn":
		return true
	}
	return false
}

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

// listCommand reads the words of a command in a list, of which the first ends at
// i: "npx", "-y", "x"]; and "npx", "args": ["-y", "x"] of a configuration.
func listCommand(f *text.Fragment, start, i int) (*text.Fragment, int) {
	return extract.ListBehind(f, "", start, i, false)
}
