package shell

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"figment/scanner/extract"

	"mvdan.cc/sh/v3/syntax"
)

// A letter is one byte of a word while the shell's expansions are made: where it
// stands in the fragment, and whether quotes keep it from having a meaning.
type letter struct {
	b        byte
	quoted   bool
	split    bool // no byte: the word ends here
	off, end int
	value    *variable // a part that stands for literal values
	hole     string    // a part that only the shell knows, as written
}

// A variable is what a script assigns to a name as literal text. Each of alts is
// one possible value, as a list of words.
type variable struct {
	alts    [][]Word
	array   bool
	unknown bool // it may have other values, which only the shell knows
	loop    bool // of a for loop: each value in turn
}

// maxAlternatives bounds how many values of one variable are followed.
const maxAlternatives = 64

// maxNames bounds how many names a text may give to commands and values.
const maxNames = 1000

// words gives the words that the shell makes of one: braces expanded, quotes
// taken off, variables with literal values replaced. "$" stands for what only
// the shell knows.
func (s *shellReader) words(n *syntax.Word) []Word {
	end := int(n.End().Offset())
	raw := ""
	if start := int(n.Pos().Offset()); start < end && end <= len(s.f.Text) {
		raw = string(s.f.Text[start:end])
	}
	if len(n.Parts) == 1 {
		if l, ok := n.Parts[0].(*syntax.Lit); ok && raw == l.Value && !strings.ContainsAny(raw, `\{`) {
			w := PlainWord(raw, end-len(raw))
			w.Raw = raw
			return []Word{w}
		}
	}
	var ls []letter
	s.parts(n.Parts, false, &ls)
	var out []Word
	for _, expanded := range s.braces(ls) {
		s.resolve(expanded, func(w Word) {
			w.end, w.Raw = end, raw
			out = append(out, w)
		}, 0)
	}
	return out
}

// one is the word that a part of the syntax makes which is no list.
func (s *shellReader) one(n *syntax.Word) Word {
	var ls []letter
	s.parts(n.Parts, false, &ls)
	for i := range ls {
		ls[i].quoted = true // no list comes out of it
	}
	var w Word
	s.resolve(ls, func(x Word) {
		if w.Text == "" {
			w = x
		}
	}, 0)
	w.end = int(n.End().Offset())
	return w
}

// source is the text of a node and its offset.
func (s *shellReader) source(n syntax.Node) (string, int) {
	start, end := int(n.Pos().Offset()), int(n.End().Offset())
	if start > end || end > len(s.f.Text) {
		return "", 0
	}
	return string(s.f.Text[start:end]), start
}

func (s *shellReader) parts(parts []syntax.WordPart, quoted bool, ls *[]letter) {
	for _, part := range parts {
		switch p := part.(type) {
		case *syntax.Lit:
			text, at := s.source(p)
			for i := 0; i < len(text); i++ {
				esc := false
				if text[i] == '\\' && i+1 < len(text) && (!quoted || strings.IndexByte("$`\"\\\n", text[i+1]) >= 0) {
					i++
					if text[i] == '\n' {
						continue
					}
					esc = true
				}
				*ls = append(*ls, letter{b: text[i], quoted: quoted || esc, off: at + i, end: at + i + 1})
			}
		case *syntax.SglQuoted:
			text, at := s.source(p)
			skip := 1
			if p.Dollar {
				skip = 2
			}
			if len(text) <= skip {
				continue
			}
			text = strings.TrimSuffix(text[skip:], "'")
			if p.Dollar {
				ansiC(text, at+skip, ls)
				continue
			}
			for i := 0; i < len(text); i++ {
				*ls = append(*ls, letter{b: text[i], quoted: true, off: at + skip + i, end: at + skip + i + 1})
			}
		case *syntax.DblQuoted:
			s.parts(p.Parts, true, ls)
		default:
			s.dynamic(part, quoted, ls)
		}
	}
}

// dynamic adds a part whose text is made at run time: by its literal values
// where the script has them.
func (s *shellReader) dynamic(p syntax.WordPart, quoted bool, ls *[]letter) {
	text, at := s.source(p)
	l := letter{b: '$', quoted: quoted, off: min(at, max(0, len(s.f.Text)-1)), end: at + len(text), hole: text}
	if l.hole == "" {
		l.hole = "$"
	}
	switch p := p.(type) {
	case *syntax.ParamExp:
		if p.Param != nil && p.Param.Value == "IFS" && s.vars["IFS"] == nil && !p.Length { // ${IFS%?} is a blank too
			l.hole = ""
			l.b, l.split = ' ', !quoted
			break
		}
		l.value = s.parameter(p, quoted)
	case *syntax.ProcSubst:
		if p.Op == syntax.CmdIn && len(p.Stmts) == 1 && s.nesting < maxPeel {
			s.nesting++
			if out := s.output(p.Stmts[0], 0); out != nil {
				s.made[at] = out
			}
			s.nesting--
		}
	case *syntax.CmdSubst:
		if len(p.Stmts) == 1 {
			if call, ok := p.Stmts[0].Cmd.(*syntax.CallExpr); ok && len(call.Args) > 0 && len(p.Stmts[0].Redirs) == 0 && s.nesting < maxPeel {
				s.nesting++
				ws := s.callWords(call)
				s.nesting--
				if len(ws) > 0 && (ws[0].Text == "echo" || ws[0].Text == "printf") {
					l.value = &variable{alts: [][]Word{outputWords(ws)}, array: !quoted}
				} else if out := s.output(p.Stmts[0], 0); len(out) > 0 && out[0].file {
					s.files[at] = out
				} else if len(out) == 1 && len(ws) > 0 && (ws[0].Text == "find" || ws[0].Text == "ls") {
					l.value = &variable{alts: [][]Word{inputWords(out)}, array: !quoted}
				}
			} else if s.nesting < maxPeel {
				s.nesting++
				if out := s.output(p.Stmts[0], 0); len(out) > 0 && out[0].file {
					s.files[at] = out
				} else if len(out) == 1 {
					w := out[0]
					w = w.Sub(0, len(strings.TrimRight(w.Text, "\n")))
					l.value = &variable{alts: [][]Word{{w}}}
				}
				s.nesting--
			}
		}
	}
	if l.value != nil && len(l.value.alts) == 0 {
		l.value = nil
	}
	*ls = append(*ls, l)
}

// parameter gives the literal values of an expansion, or nil.
func (s *shellReader) parameter(p *syntax.ParamExp, quoted bool) *variable {
	if p.Param == nil || p.Excl || p.Length || p.Width || p.Slice != nil || p.Repl != nil || p.Names != 0 {
		return nil
	}
	v := s.vars[p.Param.Value]
	switch beside := s.assignedElsewhere(p); {
	case v == nil:
		v = beside
	case s.e.Sourced():
		s.e.NameMissed() // the file may say otherwise than the script before it
	case beside != nil:
		v = &variable{alts: append(slices.Clone(v.alts), beside.alts...), array: v.array, unknown: v.unknown, loop: v.loop}
	case s.e.Unsettled(p.Param.Value):
		v = &variable{alts: v.alts, array: v.array, unknown: true, loop: v.loop}
	}
	if p.Exp != nil {
		switch p.Exp.Op {
		case syntax.DefaultUnset, syntax.DefaultUnsetOrNull, syntax.AssignUnset, syntax.AssignUnsetOrNull:
			if v == nil && p.Exp.Word != nil {
				return &variable{alts: [][]Word{{s.one(p.Exp.Word)}}, unknown: true}
			}
		default:
			return nil
		}
	}
	if v == nil {
		return nil
	}
	if v.array {
		all := false
		if w, ok := p.Index.(*syntax.Word); ok {
			index, _ := s.source(w)
			all = index == "@" || index == "*" && !quoted
		}
		if all || p.Param.Value == "@" {
			return v
		}
		each := &variable{unknown: v.unknown} // one of them
		for _, alt := range v.alts {
			for _, w := range alt {
				if len(each.alts) < maxAlternatives {
					each.alts = append(each.alts, []Word{w})
				}
			}
		}
		return each
	}
	return v
}

// resolve replaces the variables of a word by their values, and hands over the
// words that come out.
func (s *shellReader) resolve(ls []letter, emit func(Word), depth int) {
	for i, l := range ls {
		if l.value == nil {
			continue
		}
		whole := len(ls) == 1
		for n, alt := range l.value.alts {
			if n == 1 {
				emit = others(emit)
			}
			if depth > 8 {
				s.e.TooDeep()
				return
			}
			if !s.spend(len(ls)) {
				return
			}
			if len(l.value.alts) > 1 {
				s.flags |= extract.Dynamic
			}
			next := append([]letter{}, ls[:i]...)
			for k, w := range alt {
				if k > 0 && l.value.array {
					next = append(next, letter{split: true, off: l.off, end: l.end})
				} else if k > 0 {
					next = append(next, letter{b: ' ', quoted: l.quoted, split: !l.quoted, off: l.off, end: l.end})
				}
				for j := 0; j < len(w.Text); j++ {
					x := letter{b: w.Text[j], quoted: l.quoted, off: l.off, end: l.end}
					if whole {
						x.off, x.end = w.offs[j], w.endAt(j)
					}
					if w.Hole != "" && x.b == '$' {
						x.hole = w.Hole
					}
					if !l.quoted && !l.value.array && s.separates(x.b) {
						x.split = true
					}
					next = append(next, x)
				}
				if !s.spend(len(w.Text) / 8) {
					return
				}
			}
			if l.value.unknown && len(next) == i {
				next = append(next, letter{b: '$', quoted: true, off: l.off, end: l.end, hole: l.hole})
			} else if l.value.unknown {
				next[len(next)-1].hole = l.hole
			}
			s.resolve(append(next, ls[i+1:]...), emit, depth+1)
		}
		return
	}
	var w Word
	open := false
	flush := func() {
		if open {
			emit(w)
		}
		w, open = Word{}, false
	}
	var text []byte
	for i, l := range ls {
		if l.split {
			w.Text = string(text)
			flush()
			text = nil
			continue
		}
		open = true
		if n := len(w.offs); w.ends == nil && l.end != l.off+1 {
			w.ends = make([]int, n, len(ls))
			for k := range w.ends {
				w.ends[k] = w.offs[k] + 1
			}
		}
		text = append(text, l.b)
		w.offs = append(w.offs, l.off)
		if w.ends != nil {
			w.ends = append(w.ends, l.end)
		}
		if l.hole != "" && w.Hole == "" {
			w.Hole = ls[i].hole
		}
	}
	w.Text = string(text)
	flush()
}

// others marks the words that it hands over as other values of one before them.
func others(emit func(Word)) func(Word) {
	return func(w Word) {
		w.also = true
		emit(w)
	}
}

// separates reports whether the shell cuts what a variable stands for there.
func (s *shellReader) separates(b byte) bool {
	if b == ' ' || b == '\t' || b == '\n' {
		return true
	}
	if v := s.vars["IFS"]; v != nil {
		for _, alt := range v.alts {
			for _, w := range alt {
				if strings.IndexByte(w.Text, b) >= 0 {
					return true
				}
			}
		}
	}
	return false
}

// spend counts what expansions make against what the text may make, so that a
// short text cannot make an endless one.
func (s *shellReader) spend(n int) bool {
	s.spent += n + 1
	if s.spent <= 1000+len(s.f.Text)*2 {
		return true
	}
	s.overspend()
	return false
}

// overspend tells, once, that there are more words than are read.
func (s *shellReader) overspend() {
	if !s.overspent {
		s.overspent = true
		s.problem(0, "braces and variables make more words than are read: write the names out")
	}
}

// maxOpenBraces is how many braces of a word may be left open before one that
// is closed.
const maxOpenBraces = 100

// braces makes the words of brace expansion, as bash does: lists with a comma
// and sequences, quoted characters literal.
func (s *shellReader) braces(ls []letter) [][]letter {
	if s.nesting > maxPeel {
		return [][]letter{ls}
	}
	s.nesting++
	defer func() { s.nesting-- }()
	open, end := -1, -1
	tries := maxOpenBraces
	for i := range ls {
		if ls[i].is('{') {
			if tries--; tries < 0 { // each looks as far as the end
				s.problem(0, "more braces are left open than are looked for: write the names out")
				return [][]letter{ls}
			}
			if end = closing(ls, i+1); end > 0 {
				open = i
				break
			}
		}
	}
	if open < 0 {
		return [][]letter{ls}
	}
	var middle [][]letter
	inside := ls[open+1 : end]
	if items := commas(inside); len(items) > 1 {
		for _, item := range items {
			middle = append(middle, s.braces(item)...)
		}
	} else if middle = s.sequence(inside); middle == nil {
		middle = [][]letter{ls[open : end+1]}
	}
	tails := s.braces(ls[end+1:])
	var out [][]letter
	for _, m := range middle {
		for _, tail := range tails {
			if !s.spend((open + len(m) + len(tail)) / 4) {
				return out
			}
			out = append(out, append(append(append([]letter{}, ls[:open]...), m...), tail...)) // empty ones make no word in the end
		}
	}
	return out
}

func (l *letter) is(b byte) bool { return l.b == b && !l.quoted && l.hole == "" && !l.split }

// closing finds the brace that ends a list or a sequence which begins at from,
// or -1. What has neither comma nor ".." is no expansion.
func closing(ls []letter, from int) int {
	level, found := 0, false
	for i := from; i < len(ls); i++ {
		switch {
		case ls[i].is('{'):
			level++
		case ls[i].is('}') && level > 0:
			level--
		case ls[i].is('}') && found:
			return i
		case level == 0 && (ls[i].is(',') || ls[i].is('.') && i+1 < len(ls) && ls[i+1].is('.') && (i+2 == len(ls) || !ls[i+2].is('}'))):
			found = true
		}
	}
	return -1
}

func commas(ls []letter) [][]letter {
	var out [][]letter
	level, start := 0, 0
	for i := range ls {
		switch {
		case ls[i].is('{'):
			level++
		case ls[i].is('}') && level > 0:
			level--
		case ls[i].is(',') && level == 0:
			out = append(out, ls[start:i])
			start = i + 1
		}
	}
	return append(out, ls[start:])
}

// sequence makes {a..e}, {01..10} and {1..9..2}; nil where it is none.
func (s *shellReader) sequence(ls []letter) [][]letter {
	text := make([]byte, 0, len(ls))
	for i := range ls {
		text = append(text, ls[i].b)
	}
	terms := strings.Split(string(text), "..")
	if len(terms) < 2 || len(terms) > 3 || len(text) > 40 {
		return nil
	}
	step := 1
	if len(terms) == 3 {
		n, err := strconv.Atoi(terms[2])
		if err != nil {
			return nil
		}
		step = max(n, -n, 1)
	}
	off, end := ls[0].off, ls[len(ls)-1].end
	var out [][]letter
	add := func(t string) bool {
		var w []letter
		for i := 0; i < len(t); i++ {
			w = append(w, letter{b: t[i], off: off, end: end})
		}
		out = append(out, w)
		return s.spend(len(t))
	}
	from, err1 := strconv.Atoi(terms[0])
	to, err2 := strconv.Atoi(terms[1])
	isLetter := func(t string) bool {
		return len(t) == 1 && (t[0] >= 'a' && t[0] <= 'z' || t[0] >= 'A' && t[0] <= 'Z')
	}
	width, single := 0, false
	switch {
	case err1 == nil && err2 == nil:
		for _, t := range terms[:2] {
			if d := strings.TrimPrefix(t, "-"); len(d) > 1 && d[0] == '0' {
				width = max(len(terms[0]), len(terms[1]))
			}
		}
	case isLetter(terms[0]) && isLetter(terms[1]):
		from, to, single = int(terms[0][0]), int(terms[1][0]), true
	default:
		return nil
	}
	if from > to {
		step = -step
	}
	for n := from; step > 0 && n <= to || step < 0 && n >= to; n += step {
		t := strconv.Itoa(n)
		if single {
			t = string(rune(n))
		}
		for neg := strings.HasPrefix(t, "-"); len(t) < width; {
			if t = "0" + t; neg {
				t = "-0" + t[2:]
			}
		}
		if !add(t) {
			break
		}
	}
	return out
}

// ansiC decodes the escapes of $'…', and those of echo -e and printf.
func ansiC(text string, at int, ls *[]letter) {
	for i := 0; i < len(text); {
		if text[i] != '\\' || i+1 == len(text) {
			*ls = append(*ls, letter{b: text[i], quoted: true, off: at + i, end: at + i + 1})
			i++
			continue
		}
		decoded, n := escape(text[i+1:])
		if decoded == "\x00" {
			return
		}
		for k := 0; k < len(decoded); k++ {
			*ls = append(*ls, letter{b: decoded[k], quoted: true, off: at + i, end: at + i + 1 + n})
		}
		i += 1 + n
	}
}

// escape decodes what follows a backslash: the text, and how many bytes it took.
func escape(t string) (string, int) {
	if i := strings.IndexByte("abeEfnrtv\\'\"?", t[0]); i >= 0 {
		return "\a\b\x1b\x1b\f\n\r\t\v\\'\"?"[i : i+1], 1
	}
	number := func(from, most, base int) (int64, int) {
		n := from
		for n < len(t) && n < from+most {
			if _, err := strconv.ParseUint(t[n:n+1], base, 8); err != nil {
				break
			}
			n++
		}
		v, err := strconv.ParseInt(t[from:n], base, 64)
		if err != nil {
			return 0, 0
		}
		return v, n
	}
	switch c := t[0]; {
	case c >= '0' && c <= '7':
		v, n := number(0, 3, 8)
		return string([]byte{byte(v)}), n
	case c == 'x':
		if v, n := number(1, 2, 16); n > 0 {
			return string([]byte{byte(v)}), n
		}
	case c == 'u' || c == 'U':
		most := 4
		if c == 'U' {
			most = 8
		}
		if v, n := number(1, most, 16); n > 0 {
			if v > utf8.MaxRune {
				v = utf8.RuneError
			}
			return string(rune(v)), n
		}
	case c == 'c' && len(t) > 1:
		return string([]byte{t[1] & 0x1f}), 2
	}
	return `\` + t[:1], 1
}

// outputWords gives the arguments of echo, which are the words that a command
// substitution of it makes; of printf its text.
func outputWords(ws []Word) []Word {
	if ws[0].Text == "printf" {
		out := written(ws)
		for i := range out {
			out[i].Text = strings.TrimRight(out[i].Text, "\n")
			out[i].offs = out[i].offs[:len(out[i].Text)]
		}
		return out
	}
	args := ws[1:]
	for len(args) > 0 && strings.HasPrefix(args[0].Text, "-") && len(args[0].Text) < 4 {
		args = args[1:]
	}
	return args
}
