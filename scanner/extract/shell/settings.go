package shell

import (
	"figment/scanner/extract"
	"figment/scanner/source"

	"mvdan.cc/sh/v3/syntax"
)

// A script may take values of variables from a file: ". ./vars.env", "export
// $(cat .env)", "docker run --env-file .env".

// takesValues takes a word that names a file of values.
func takesValues(e *extract.Emitter, w Word) {
	if len(w.offs) == 0 || w.Text == "" || isStdin(w.Text) {
		return
	}
	if name, known := writtenPath(w); known && !source.Pattern(name) {
		e.Values(name, w.Span(0, len(w.offs)))
	}
}

// sources takes the file behind "." or "source".
func (s *shellReader) sources(call *syntax.CallExpr) {
	if len(call.Args) < 2 {
		return
	}
	for _, w := range s.words(call.Args[1]) {
		s.c.values(w)
	}
}

// besides takes the files whose contents a command takes for assignments: "export
// $(grep -v '^#' .env | xargs)".
func (s *shellReader) besides(n syntax.Node) {
	syntax.Walk(n, func(n syntax.Node) bool {
		sub, ok := n.(*syntax.CmdSubst)
		if !ok {
			return true
		}
		for n := 0; n < len(sub.Stmts) && n < maxPeel; n++ {
			s.contentValues(sub.Stmts[n])
		}
		return false
	})
}

// contentValues takes the files that the first command of a pipe writes out.
func (s *shellReader) contentValues(st *syntax.Stmt) {
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

// beside gives what another file assigns to a variable; nil: nothing is known.
// What comes of it stands where the variable does.
func (s *shellReader) beside(p *syntax.ParamExp) *variable {
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

// valueFiles takes the files behind options of programs that hand on what they
// set: docker run --env-file f.
func (c *Reader) valueFiles(ws []Word) {
	const option = "--env-file"
	for i := range ws {
		switch t := ws[i].Text; {
		case c.values == nil:
			return
		case t == option && i+1 < len(ws):
			c.values(ws[i+1])
		case len(t) > len(option) && t[:len(option)+1] == option+"=":
			c.values(ws[i].Sub(len(option)+1, len(t)))
		}
	}
}
