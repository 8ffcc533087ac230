package shell

import (
	"strings"

	"figment/scanner/extract"

	"mvdan.cc/sh/v3/syntax"
)

// assignments collects what the script assigns to names. A name that gets
// several values stands for each of them.
func (s *shellReader) assignments(file syntax.Node) {
	unknown := func(name string) {
		v := s.variable(name)
		v.unknown = true
	}
	syntax.Walk(file, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.CallExpr:
			if len(n.Args) == 0 {
				for _, a := range n.Assigns {
					s.assign(a)
				}
				return true
			}
			switch name := n.Args[0].Lit(); name {
			case ".", "source":
				s.sourced(n)
			case "eval", "env":
				s.substituted(n)
			case "read", "mapfile", "readarray", "printf":
				for i, a := range n.Args[1:] {
					if lit := a.Lit(); lit != "" && lit[0] != '-' && (name != "printf" || n.Args[i].Lit() == "-v") {
						unknown(lit)
					}
				}
			case "set":
				if len(n.Args) > 1 && n.Args[1].Lit() == "--" {
					v := s.variable("@")
					v.array = true
					var ws []Word
					for _, a := range n.Args[2:] {
						ws = append(ws, s.words(a)...)
					}
					v.add(ws)
				}
			}
		case *syntax.DeclClause:
			s.substituted(n)
			for _, a := range n.Args {
				if a.Name != nil && !a.Naked {
					s.assign(a)
				}
			}
		case *syntax.ForClause:
			if it, ok := n.Loop.(*syntax.WordIter); ok && it.Name != nil {
				v := s.variable(it.Name.Value)
				if !it.InPos.IsValid() {
					v.unknown = true
				}
				v.loop = true
				for _, item := range it.Items {
					for _, w := range s.words(item) {
						v.add([]Word{w})
					}
				}
			}
		}
		return true
	})
}

func (s *shellReader) variable(name string) *variable {
	v := s.vars[name]
	if v == nil {
		v = &variable{}
		s.vars[name] = v
	}
	return v
}

// add adds a possible value.
func (v *variable) add(ws []Word) {
	for _, w := range ws {
		if w.Hole != "" {
			v.unknown = true
			if !v.array && !(v.loop && strings.IndexByte(w.Text, '/') >= 0) { // of a path the rest may say enough
				return
			}
		}
	}
	limit := maxAlternatives
	if v.loop {
		limit = extract.MaxReferences
	}
	if len(v.alts) >= limit {
		v.unknown = true
		return
	}
	if v.array && len(v.alts) == 1 {
		v.alts[0] = append(v.alts[0], ws...)
		return
	}
	v.alts = append(v.alts, ws)
}

func (s *shellReader) assign(a *syntax.Assign) {
	if a.Name == nil {
		return
	}
	var ws []Word
	switch {
	case a.Array != nil:
		for _, x := range a.Array.Elems {
			if x.Value != nil {
				ws = append(ws, s.words(x.Value)...)
			}
		}
		v := s.variable(a.Name.Value)
		v.array = true
		v.add(ws)
	case a.Value != nil:
		w := s.one(a.Value)
		v := s.variable(a.Name.Value)
		if a.Append && !v.array && len(v.alts) == 1 && len(v.alts[0]) == 1 {
			before := &v.alts[0][0]
			if w.Hole != "" || !s.spend(len(before.Text)/8) {
				v.unknown = true
				return
			}
			*before = joined(*before, w)
			return
		}
		v.array = v.array || a.Index != nil
		v.add([]Word{w})
	}
}
