package policy

import (
	"bytes"
	"path"
	"slices"
	"strings"
	"unicode"

	"figment/scanner/verdict"
)

// An Inline is a comment that accepts findings where they stand: the words
// "figment: ignore", rule ids in square brackets right behind them, a reason. It
// stands on the line of the finding, or alone on the lines directly above. The
// comment signs are # // -- ; and <!--. JSON has no comments and cannot hold
// one.
type Inline struct {
	Rules  []string // ids as written
	Reason string
	Line   int    // where it stands, from 1
	Covers int    // the line it speaks of; its own unless it stands alone
	Fault  string // why it does not count: no rule, an unknown one, no reason; empty: it counts
}

// maxInlines is how many comments of one file are read.
const maxInlines = 1000

const inlineWord = "figment:"

// MayInline reports at no cost to speak of whether a text may hold an inline
// ignore.
func MayInline(text []byte) bool { return bytes.Contains(text, []byte(inlineWord)) }

// Inlines reads the inline ignores of a file's text (UTF-8). name is its path:
// files that cannot hold comments have none.
func Inlines(name string, text []byte) []Inline {
	if !MayInline(text) || strings.EqualFold(path.Ext(name), ".json") {
		return nil
	}
	var out []Inline
	first := 0 // of the comments that stand alone just above
	for line := 1; len(text) > 0 && len(out) < maxInlines; line++ {
		var one []byte
		one, text = cutLine(text)
		in, alone, ok := inline(one)
		if ok {
			in.Line, in.Covers = line, line
			out = append(out, in)
		}
		if ok && alone {
			continue // it speaks of the next line that is no such comment
		}
		end := len(out)
		if ok {
			end--
		}
		for i := first; i < end; i++ {
			if out[i].Line+(end-i) == line {
				out[i].Covers = line
			}
		}
		first = len(out)
	}
	return out
}

// cutLine takes the first line off a text. Line ends are LF, CRLF and CR.
func cutLine(text []byte) (line, rest []byte) {
	i := bytes.IndexAny(text, "\r\n")
	switch {
	case i < 0:
		return text, nil
	case text[i] == '\r' && i+1 < len(text) && text[i+1] == '\n':
		return text[:i], text[i+2:]
	}
	return text[:i], text[i+1:]
}

// inline finds an ignore in one line. alone says that nothing stands before it.
func inline(line []byte) (in Inline, alone, ok bool) {
	for at := 0; ; {
		i := bytes.Index(line[at:], []byte(inlineWord))
		if i < 0 {
			return Inline{}, false, false
		}
		i += at
		at = i + len(inlineWord)
		start, html, isComment := commentSign(line[:i])
		if !isComment {
			continue
		}
		rest, isIgnore := bytes.CutPrefix(bytes.TrimLeft(line[at:], " \t"), []byte("ignore"))
		if !isIgnore {
			continue
		}
		if len(rest) > 0 && rest[0] != '[' && rest[0] != ' ' && rest[0] != '\t' && rest[0] != '-' {
			continue // "ignored", "ignore-file"
		}
		in = readInline(string(rest), html)
		return in, len(bytes.TrimSpace(line[:start])) == 0, true
	}
}

// commentSign looks for the sign of a comment at the end of before, with
// nothing but blanks behind it, and gives where it starts. A sign inside a
// word, a quoted text or a code span is none.
func commentSign(before []byte) (start int, html, ok bool) {
	trimmed := bytes.TrimRight(before, " \t")
	for _, sign := range []string{"<!--", "//", "--", "#", ";"} {
		head, found := bytes.CutSuffix(trimmed, []byte(sign))
		if !found {
			continue
		}
		if n := len(head); n > 0 {
			if c := head[n-1]; c != ' ' && c != '\t' && !strings.ContainsRune(";,)}]", rune(c)) {
				continue
			}
		}
		return len(head), sign == "<!--", true
	}
	return 0, false, false
}

// readInline reads what follows the word "ignore".
func readInline(rest string, html bool) Inline {
	if html {
		rest, _, _ = strings.Cut(rest, "-->")
	}
	rest = strings.TrimLeft(rest, " \t")
	inner, ok := strings.CutPrefix(rest, "[")
	if !ok {
		return Inline{Fault: "names no rule"}
	}
	list, reason, ok := strings.Cut(inner, "]")
	if !ok {
		return Inline{Fault: "names no rule"}
	}
	in := Inline{Reason: strings.TrimSpace(strings.TrimLeft(strings.TrimSpace(reason), ":-"))}
	for _, id := range strings.Split(list, ",") {
		if id = strings.TrimSpace(id); id != "" {
			in.Rules = append(in.Rules, id)
		}
	}
	switch {
	case len(in.Rules) == 0:
		in.Fault = "names no rule"
	case slices.ContainsFunc(in.Rules, func(id string) bool { return verdict.FindRule(id) == nil }):
		in.Fault = "names a rule that does not exist"
	case slices.Contains(in.Rules, "malicious-package"):
		in.Fault = "cannot accept malicious-package: that takes an [[ignore]] entry with the advisory's id"
	case !strings.ContainsFunc(in.Reason, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }):
		in.Fault = "gives no reason"
	}
	return in
}

// Accepts reports whether the comment accepts a finding of rule at line.
func (in *Inline) Accepts(rule *verdict.Rule, line int) bool {
	return in.Fault == "" && (line == in.Line || line == in.Covers) && slices.Contains(in.Rules, rule.ID)
}

// Standing divides the comments found in a text (UTF-8) into those that stood
// before in the same words over the same line, and those that are new. A
// comment that moved with its line stands; one whose line says something else
// now is new. Comments with a fault do not count either way, and stay.
func Standing(name string, before, now []byte, found []Inline) (old, fresh []Inline) {
	type spoken struct{ comment, line string }
	was := map[spoken]bool{}
	if comments := Inlines(name, before); len(comments) > 0 {
		lines := splitLines(before)
		for i := range comments {
			was[spoken{lineOf(lines, comments[i].Line), lineOf(lines, comments[i].Covers)}] = true
		}
	}
	lines := splitLines(now)
	for _, in := range found {
		if in.Fault != "" || was[spoken{lineOf(lines, in.Line), lineOf(lines, in.Covers)}] {
			old = append(old, in)
		} else {
			fresh = append(fresh, in)
		}
	}
	return old, fresh
}

func splitLines(text []byte) []string {
	var out []string
	for len(text) > 0 {
		var line []byte
		line, text = cutLine(text)
		out = append(out, string(line))
	}
	return out
}

// lineOf is a line, from 1; empty beyond the end.
func lineOf(lines []string, n int) string {
	if n < 1 || n > len(lines) {
		return ""
	}
	return lines[n-1]
}
