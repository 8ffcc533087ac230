// Package prose finds packages in texts for people: commands inside sentences,
// links to the pages of packages, and code spans behind words such as "install". A Format gets such a text and
// reports what it names as mentions, which never fail a run.
package prose

import (
	"bytes"
	"strings"

	"figment/ecosystem"
	"figment/scanner/extract"
	"figment/scanner/extract/shell"
	"figment/scanner/text"
)

// Formats are the texts for people.
func Formats() []extract.Format {
	return []extract.Format{{Name: "prose/mentions", Ecosystem: ecosystem.Unknown, Kind: extract.Mention, Match: match, Extract: read}}
}

func match(f *text.Fragment) bool { return f.Lang == text.Prose }

// read finds names in text for people: commands inside sentences, links to
// packages, and code spans that follow a word such as "install". All are mentions.
func read(f *text.Fragment, e *extract.Emitter) error {
	s := f.Text
	for i := 0; i < len(s); {
		end := text.LineEnd(s, i)
		line := s[i:end]
		if bytes.IndexByte(line, '`') >= 0 || e.Commands.MayInstall(line) {
			proseLine(f, i, end, e)
		}
		links(line, i, e)
		i = text.NextLine(s, i)
	}
	return nil
}

func proseLine(f *text.Fragment, start, end int, e *extract.Emitter) {
	line := f.Text[start:end]
	codeElements(f, line, start, e)
	for i := 0; i < len(line); i++ {
		if line[i] != '`' {
			continue
		}
		n := 1
		for i+n < len(line) && line[i+n] == '`' {
			n++
		}
		stop := bytes.Index(line[i+n:], line[i:i+n])
		if stop < 0 {
			break
		}
		span := line[i+n : i+n+stop]
		if e.Commands.MayInstall(append(append([]byte{}, span...), ' ')) && bytes.IndexByte(bytes.TrimSpace(span), ' ') > 0 {
			mentions(f, span, start+i+n, e, false)
		} else if name := strings.TrimSpace(string(span)); introduces(line[max(0, i-60):i]) && looksLikeName(name) {
			at := start + i + n + bytes.Index(span, []byte(name))
			if eco := packageOf(line[max(0, i-60):i]); !ecosystem.Placeholder(eco, name, ecosystem.Example) {
				e.Reference(extract.Reference{Ecosystem: eco, Name: name, Kind: extract.Mention, Span: text.Span{Start: at, End: at + len(name)}})
			}
		}
		i += n + stop + n - 1
	}
	if bytes.IndexByte(line, '`') < 0 {
		mentions(f, line, start, e, true)
	}
}

// links reads the addresses of packages' pages on their registries' sites.
func links(line []byte, base int, e *extract.Emitter) {
	for i := 0; i < len(line); {
		at := bytes.Index(line[i:], []byte("://"))
		if at < 0 {
			return
		}
		at += i
		i = at + len("://")
		for at > 0 && text.IsLetter(line[at-1]) {
			at--
		}
		eco, start, end, ok := ecosystem.ByPage(string(line[at:min(len(line), at+maxLink)]))
		if !ok {
			continue
		}
		name := string(line[at+start : at+end])
		if !ecosystem.Placeholder(eco, name, ecosystem.Example) {
			e.Reference(extract.Reference{Ecosystem: eco, Name: name, Kind: extract.Mention, Span: text.Span{Start: base + at + start, End: base + at + end}})
		}
		i = at + end
	}
}

// maxLink bounds how much of an address is looked at.
const maxLink = 400

// packageOf gives the ecosystem that the text before a code span names: "the npm
// package". Unknown: none.
func packageOf(before []byte) ecosystem.Ecosystem {
	words := strings.Fields(strings.TrimRight(string(before), " \t(\"'*_"))
	if len(words) < 2 {
		return ecosystem.Unknown
	}
	switch strings.ToLower(words[len(words)-1]) {
	case "package", "library", "module":
		return ecosystem.ByWord(strings.Trim(words[len(words)-2], "*_(\"'"))
	}
	return ecosystem.Unknown
}

// codeElements reads the commands in the elements of HTML for code.
func codeElements(f *text.Fragment, line []byte, start int, e *extract.Emitter) {
	for i := 0; i < len(line); {
		at := bytes.IndexByte(line[i:], '<')
		if at < 0 {
			return
		}
		i += at + 1
		end := text.Word(line, i)
		switch strings.ToLower(string(line[i:min(end, i+12)])) {
		case "code", "kbd", "pre", "tt", "samp", "codeblock":
		default:
			continue
		}
		open := bytes.IndexByte(line[end:], '>')
		if open < 0 {
			return
		}
		i = end + open + 1
		stop := bytes.IndexByte(line[i:], '<')
		if stop < 0 {
			stop = len(line) - i
		}
		mentions(f, line[i:i+stop], start+i, e, false)
		i += stop
	}
}

// introduces reports whether the text before a code span ends in a word that
// announces a package.
func introduces(before []byte) bool {
	words := strings.Fields(strings.ToLower(strings.TrimRight(string(before), " \t(\"'*_")))
	if len(words) == 0 {
		return false
	}
	switch strings.Trim(words[len(words)-1], "*_:,.\"'") {
	case "install", "use", "add", "import", "package", "library", "module", "installing", "using", "adding":
		return true
	}
	return false
}

func looksLikeName(s string) bool {
	if len(s) < 2 || len(s) > 100 || strings.HasPrefix(s, "-") || strings.HasPrefix(s, ".") {
		return false
	}
	letters := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c >= 'a' && c <= 'z':
			letters++
		case c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.' || c == '/' || c == '@' && i == 0:
		default:
			return false
		}
	}
	return letters > 1 && !strings.HasSuffix(s, ".") && !strings.HasSuffix(s, "/")
}

// stopWords end a list of names in a sentence.
var stopWords = map[string]bool{
	"and": true, "or": true, "then": true, "to": true, "the": true, "a": true, "an": true, "it": true, "them": true, "for": true, "with": true, "from": true,
	"on": true, "in": true, "via": true, "using": true, "everything": true, "command": true, "commands": true, "again": true, "first": true, "this": true,
	"that": true, "is": true, "if": true, "you": true, "your": true, "all": true, "as": true, "at": true, "of": true, "when": true, "will": true, "was": true,
	"before": true, "after": true, "please": true, "into": true, "does": true, "not": true, "do": true, "but": true, "so": true, "inside": true, "globally": true, "works": true,
	"works.": true, "fails": true, "should": true, "can": true, "may": true, "step": true, "packages": true, "dependencies": true, "instead": true, "here": true,
	"should.": true, "now": true, "i": true, "we": true, "be": true, "by": true, "any": true, "more": true, "once": true, "which": true, "prints": true, "says": true, "shows": true, "installs": true, "reports": true, "complains": true, "succeeds": true,
	"completes": true, "finishes": true, "returns": true, "gives": true, "takes": true, "ran": true, "where": true, "itself": true,
}

// maxProse is how many words of a command in prose are read.
const maxProse = 60

// mentions reads the commands in a piece of prose that stands at base.
func mentions(f *text.Fragment, text []byte, base int, e *extract.Emitter, sentence bool) {
	if !e.Commands.MayInstall(append(append([]byte{}, text...), ' ')) {
		return
	}
	var ws []shell.Word
	found, rest := false, false
	emit := func(r extract.Reference) {
		found = true
		if !sentence || !stopWords[strings.ToLower(r.Name)] && looksLikeMention(r.Name) && (rest || r.Constraint != "" || standsOut(text, r, base)) {
			r.Kind = extract.Mention
			e.Reference(r)
		}
	}
	c := shell.Mentions(f, e, !sentence, emit)
	for i := 0; i < len(text); {
		for i < len(text) && (text[i] == ' ' || text[i] == '\t') {
			i++
		}
		k := i
		for k < len(text) && text[k] != ' ' && text[k] != '\t' && text[k] != '`' {
			k++
		}
		if k == i {
			i++
			continue
		}
		start, end := i, k
		for start < end && strings.IndexByte("\"'(*_[“‘", text[start]) >= 0 {
			start++
		}
		punct := false
		for end > start && strings.IndexByte(",.;:!?)\"'*]”’", text[end-1]) >= 0 {
			end--
			punct = true
		}
		if end > start {
			ws = append(ws, shell.PlainWord(string(text[start:end]), base+start))
			if punct && sentence {
				ws = append(ws, shell.Word{Text: "\x00"})
			}
		}
		i = k
	}
	skip := 0
	for i := range ws {
		if i < skip || e.Full() || !e.Commands.Manager(e.Commands.Program(ws[i].Text)) || sentence && (ws[i].Text == "ni" || ws[i].Text != strings.ToLower(ws[i].Text)) {
			continue
		}
		tail := ws[i:min(len(ws), i+maxProse)]
		for k := range tail {
			if t := tail[k].Text; t == "&&" || t == "||" || t == "|" || t == ";" || t == "&" {
				tail = tail[:k]
				break
			}
		}
		if sentence {
			for k := 1; k < len(tail); k++ {
				if tail[k].Text == "\x00" || k > 1 && stopWords[strings.ToLower(tail[k].Text)] && !(k == 2 && subcommandWord(tail[1].Text)) {
					tail = tail[:k]
					break
				}
			}
			if len(tail) > 2 && stopWords[strings.ToLower(tail[2].Text)] {
				continue
			}
		}
		for k := 1; k+1 < len(tail); k++ { // the next command has its own turn
			if e.Commands.Manager(e.Commands.Program(tail[k].Text)) && proseVerbs[tail[k+1].Text] {
				tail = tail[:k]
				break
			}
		}
		end := i + len(tail)
		for end < len(ws) && ws[end].Text == "\x00" {
			end++
		}
		found, rest = false, end == len(ws) && (i == 0 || len(tail) <= 4)
		c.Words(tail)
		if found {
			skip = i + len(tail)
		}
	}
}

// proseVerbs follow a manager where a command begins.
var proseVerbs = map[string]bool{"install": true, "add": true, "i": true, "get": true, "run": true, "exec": true, "dlx": true, "create": true, "-m": true}

// standsOut reports whether a word of a sentence is set apart as a name: by
// quotes, or by signs that words do not have.
func standsOut(text []byte, r extract.Reference, base int) bool {
	start, end := r.Span.Start-base, r.Span.End-base
	if start > 0 && strings.IndexByte("\"'_*", text[start-1]) >= 0 && end < len(text) && strings.IndexByte("\"'_*", text[end]) >= 0 {
		return true
	}
	if bytes.HasSuffix(text[:start], []byte("“")) || bytes.HasSuffix(text[:start], []byte("‘")) {
		return true
	}
	return strings.ContainsAny(r.Name, "@/_-0123456789")
}

func subcommandWord(s string) bool { return s == "-m" || s == "mod" || s == "tool" || s == "global" }

// looksLikeMention: a word of prose that could be a name.
func looksLikeMention(s string) bool {
	if len(s) < 2 || len(s) > 100 {
		return false
	}
	return s[0] == '@' || extract.IsAlnum(s[0])
}
