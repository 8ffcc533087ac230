package shell

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"figment/scanner/extract"
	"figment/scanner/source"
)

// A script may take values of variables from a file: ". ./vars.env", "export
// $(cat .env)", "docker run --env-file .env".

// takesValues notes a word that names a file of values.
func takesValues(e *extract.Emitter, w Word) {
	if len(w.offs) == 0 || w.Text == "" || isStdin(w.Text) {
		return
	}
	if name, known := writtenPath(w); known && !source.Pattern(name) {
		e.TakeValues(name, w.Span(0, len(w.offs)))
	}
}

// sourced notes the file behind "." or "source".
func (s *shellReader) sourced(call *syntax.CallExpr) {
	if len(call.Args) < 2 {
		return
	}
	for _, w := range s.words(call.Args[1]) {
		s.c.values(w)
	}
}

// substituted notes the files whose contents become the words of a command that
// assigns: "export $(grep -v '^#' .env | xargs)".
func (s *shellReader) substituted(n syntax.Node) {
	syntax.Walk(n, func(n syntax.Node) bool {
		sub, ok := n.(*syntax.CmdSubst)
		if !ok {
			return true
		}
		for n := 0; n < len(sub.Stmts) && n < maxPeel; n++ {
			s.printed(sub.Stmts[n])
		}
		return false
	})
}

// printed notes the files whose contents the first command of a pipe prints.
func (s *shellReader) printed(st *syntax.Stmt) {
	for n := 0; n < maxPeel; n++ {
		pipe, ok := st.Cmd.(*syntax.BinaryCmd)
		if !ok {
			break
		}
		st = pipe.X
	}
	for _, w := range s.output(st, 0) {
		if w.file {
			s.c.values(w)
		}
	}
}

// assignedElsewhere gives what another file assigns to a variable; nil: nothing is
// known. The words have the place of the variable.
func (s *shellReader) assignedElsewhere(p *syntax.ParamExp) *variable {
	values := s.e.ValuesOf(p.Param.Value)
	if values == nil {
		return nil
	}
	text, at := s.source(p)
	v := &variable{array: len(values) == 1 && len(values[0]) > 1}
	for _, words := range values {
		var ws []Word
		for _, value := range words {
			w := Word{Text: value, end: at + len(text)}
			for range len(value) {
				w.offs, w.ends = append(w.offs, at), append(w.ends, at+len(text))
			}
			ws = append(ws, w)
		}
		if !s.spend(len(ws)) {
			return nil
		}
		v.alts = append(v.alts, ws)
	}
	return v
}

// envFiles notes the files of values that an option of a command names: docker run
// --env-file f.
func (c *Reader) envFiles(ws []Word) {
	if c.values == nil {
		return
	}
	const option = "--env-file"
	for i, w := range ws {
		if w.Text == option && i+1 < len(ws) {
			c.values(ws[i+1])
		} else if strings.HasPrefix(w.Text, option+"=") {
			c.values(w.Sub(len(option)+1, len(w.Text)))
		}
	}
}
