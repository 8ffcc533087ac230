package shell

import (
	"strings"

	"figment/scanner/extract"

	"mvdan.cc/sh/v3/syntax"
)

// builtins are commands of the shell that start no program.
var builtins = map[string]bool{
	":": true, "[": true, "alias": true, "cd": true, "echo": true, "exit": true, "export": true, "false": true, "popd": true, "printf": true,
	"pushd": true, "pwd": true, "read": true, "return": true, "set": true, "shift": true, "test": true, "true": true, "type": true, "ulimit": true,
	"umask": true, "unalias": true, "unset": true, "wait": true,
}

// KnownCommand reports whether every program that the words of a command start
// is one whose commands CommandLine reads: only then does no reference mean that
// nothing is installed.
func (g *Grammar) KnownCommand(argv []string) bool { return g.knownCommand(argv, 0) }

// KnownShell does the same for the text of a shell. A text that the shell would
// not accept, or that names a program with a variable, is not known.
func (g *Grammar) KnownShell(text string) bool { return g.knownShell(text, 0) }

func (g *Grammar) knownCommand(argv []string, depth int) bool {
	known, shells := false, true
	only := *g // the programs, whatever their words
	only.rows = nil
	for _, row := range g.rows {
		only.rows = append(only.rows, Command{Programs: row.Programs, Read: func(*Reader, *Command, []Word) { known = true }})
	}
	c := &Reader{g: &only, emit: func(extract.Reference) {}}
	c.shell = func(w Word) {
		if g.knownShell(w.Text, depth+1) {
			known = true
		} else {
			shells = false
		}
	}
	var ws []Word
	at := 0
	for _, a := range argv {
		ws = append(ws, PlainWord(a, at))
		at += len(a) + 1
	}
	for len(ws) > 0 && isAssignment(ws[0].Text) {
		ws = ws[1:]
	}
	if len(ws) == 0 || builtins[ws[0].Text] {
		return true
	}
	c.Words(ws)
	return known && shells
}

func (g *Grammar) knownShell(text string, depth int) (known bool) {
	if depth > 5 || strings.Count(text, "(")+strings.Count(text, "`")+strings.Count(text, "${") > maxOpen {
		return false
	}
	defer func() {
		if recover() != nil { // the parser fails on some texts
			known = false
		}
	}()
	file, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(text), "")
	if err != nil {
		return false
	}
	known = true
	syntax.Walk(file, func(n syntax.Node) bool {
		call, ok := n.(*syntax.CallExpr)
		if !ok || len(call.Args) == 0 {
			return known
		}
		var argv []string
		for _, w := range call.Args {
			argv = append(argv, wholeWord(w))
		}
		known = known && argv[0] != "" && g.knownCommand(argv, depth)
		return known
	})
	return known
}

// wholeWord is what a word stands for; empty if that is not written in it.
func wholeWord(w *syntax.Word) string {
	var b strings.Builder
	for _, part := range w.Parts {
		switch p := part.(type) {
		case *syntax.Lit:
			b.WriteString(p.Value)
		case *syntax.SglQuoted:
			if p.Dollar {
				return ""
			}
			b.WriteString(p.Value)
		case *syntax.DblQuoted:
			for _, inner := range p.Parts {
				l, ok := inner.(*syntax.Lit)
				if !ok {
					return ""
				}
				b.WriteString(l.Value)
			}
		default:
			return ""
		}
	}
	return b.String()
}
