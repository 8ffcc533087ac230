package javascript

import (
	"bytes"
	"encoding/base64"
	"net/url"
	"strings"

	"figment/scanner/extract"
	"figment/scanner/extract/code"
	"figment/scanner/text"
)

// handedOn looks at require, or a function that runs commands, where the word
// [i, end) stands for its value: in a list, an object or the arguments of
// another function.
func (j *scanner) handedOn(i, end int, role role, tell tell) {
	s := j.s
	at := j.skip(end)
	o := j.around()
	if role == require && j.unfollowed(i, at, o) {
		j.runTime(i, tell)
	}
	if at >= len(s) {
		return
	}
	switch s[at] {
	case ',', ')', ']', '}', ':', '?', '|':
	default:
		return
	}
	j.loose = j.loose || o.char == bracket || o.char == brace || o.char == paren
	before := code.LookBack(s, i)
	for before > 0 && (s[before-1] == '.' || text.IsLetter(s[before-1])) { // module.require
		before--
	}
	before = code.LookBack(s, before)
	switch {
	case o.char == brace && (s[at] == ',' || s[at] == '}') && before > 0 && (s[before-1] == '{' || s[before-1] == ','):
		if role == require && o.decl == 0 && (o.expr || j.target.name.End > 0) { // {require}
			j.known.add("require", alias{role: role, owner: -1, member: true})
		}
	case o.char == brace && s[before-1] == ':' && role == require: // {r: require}
		head := code.LookBack(s, o.at)
		if head > 1 && (s[head-1] == '=' && (s[code.LookBack(s, head-1)-1] == '}') || bytes.Contains(s[max(0, head-40):head], []byte("assign("))) && j.target.name.End > 0 {
			j.known.add(string(s[j.target.name.Start:j.target.name.End]), alias{role: role, owner: -1})
		}
	case o.char == paren:
		w, _ := code.WordBefore(s, o.at)
		name := string(s[w.Start:w.End])
		switch {
		case s[at] == ',' && (name == "call" || name == "apply"):
			j.give(given{role: role, at: i, value: at + 1, after: true, flags: j.inTry(extract.Dynamic), tell: tell})
		case code.HandsOut(name) && role == runner && (s[at] == ')' || s[at] == ','):
			if k, stop, ok := mapped(j.evaluator(code.ModuleValue), o.at); ok {
				j.give(given{role: role, at: i, value: k, stop: stop, rest: true, list: true})
			} else if j.installs() {
				j.cut(i)
			}
		case name == "promisify" && role == runner:
			j.assignFrom(role, len(j.stack)-1)
		case role == require || j.installs():
			j.handParameter(o.at, i, role)
		}
	}
}

// unfollowed reports whether require goes where its calls are not seen: it is
// returned, or stands in a list, or is assigned to what has no name.
func (j *scanner) unfollowed(i, at int, o *opened) bool {
	s := j.s
	next := byte(';')
	if at < len(s) {
		next = s[at]
	}
	before := code.LookBack(s, i)
	if before == 0 || next == '(' || next == '.' || next == '[' || next == '=' || next == '?' && at+1 < len(s) && s[at+1] == '.' {
		return false
	}
	switch {
	case bytes.HasSuffix(s[:before], []byte("=>")):
		k := at + 1
		return next != ')' || !bytes.HasPrefix(s[min(k, len(s)):], []byte("()")) // (() => require)()
	case bytes.HasSuffix(s[:before], []byte("return")):
		return true
	case o.char == bracket && next == ']':
		inCall := j.target.name.End == 0
		for n := min(j.target.depth, len(j.stack)); n < len(j.stack); n++ {
			inCall = inCall || j.stack[n].call
		}
		k := j.skip(at + 1)
		return inCall && k < len(s) && s[k] != '[' && s[k] != '.' && !(s[k] == ')' && len(j.stack) > 1 && !j.stack[len(j.stack)-2].call)
	}
	return false
}

// handParameter gives the role to the parameter of a function that is called
// where it stands, by the bracket at open: (r => r("x"))(require).
func (j *scanner) handParameter(open, i int, role role) {
	s := j.s
	k := code.LookBack(s, open)
	if k == 0 || s[k-1] != ')' && s[k-1] != '}' || open-k > 3 {
		return
	}
	e := j.evaluator(code.ModuleValue)
	if e.Exhausted() {
		return
	}
	start, ok := e.OperandStart(k)
	if !ok {
		return
	}
	var params []byte
	from := start
	if s[k-1] == '}' {
		head := code.LookBack(s, start)
		if head == 0 || s[head-1] != ')' {
			return
		}
		from = bytes.LastIndexByte(s[max(0, head-code.MaxReceiver):head], '(') + max(0, head-code.MaxReceiver)
		params = s[from+1 : head-1]
	} else {
		from = j.skip(start + 1)
		for {
			w, _ := wordEnd(s, from)
			if name := string(s[from:w]); name == "async" || name == "function" {
				from = j.skip(w)
				if from < len(s) && s[from] == '*' {
					from = j.skip(from + 1)
				}
				continue
			}
			if w > from {
				if at := j.skip(w); at < len(s) && s[at] == '(' { // the name of the function
					from = at
					break
				}
				params = s[from:w]
			}
			break
		}
		if params == nil {
			if from >= len(s) || s[from] != '(' {
				return
			}
			end := bytes.IndexByte(s[from:min(len(s), from+code.MaxParameters)], ')')
			if end < 0 {
				return
			}
			params = s[from+1 : from+end]
		}
	}
	n := bytes.Count(s[open:i], []byte(","))
	list := bytes.Split(params, []byte(","))
	if n >= len(list) {
		return
	}
	name := bytes.TrimSpace(list[n])
	if end, _ := wordEnd(name, 0); end > 0 && string(name[:end]) != "require" {
		j.known.add(string(name[:end]), alias{role: role, start: from, end: open, owner: -2})
	}
}

// looseCall looks at a call whose callee is in brackets, where require or a
// runner is handed around: [require][0]("x").
func (j *scanner) looseCall(i int) {
	s := j.s
	e := j.evaluator(code.ModuleValue)
	if e.Exhausted() {
		return
	}
	start, ok := e.OperandStart(i)
	if !ok || i-start > 2*code.MaxReceiver {
		return
	}
	e.Spend(i - start)
	if callee := s[start:i]; !bytes.HasSuffix(callee, []byte("()")) && (bytes.Contains(callee, []byte("=>")) || bytes.Contains(callee, []byte("function"))) {
		return // a function that is called where it stands
	}
	for k := start; k < i; {
		end, _ := wordEnd(s, k)
		if end == k {
			k++
			continue
		}
		name := string(s[k:end])
		at := j.skip(end)
		if at < len(s) && s[at] != '(' && s[at] != '.' && at < i {
			role := roleOf(name)
			if name == "require" {
				role = require
			} else if r := j.known.role(name, k, false); r != none {
				role = r
			}
			switch role {
			case require:
				j.use(i, require, tellPlain)
				return
			case runner:
				if name != "constructor" {
					j.runs(i + 1)
					return
				}
			}
		}
		k = end
	}
}

// renamed looks at a name with a role in the pattern of a declaration:
// const { execSync: e } = ….
func (j *scanner) renamed(end int, role role, own bool) bool {
	s := j.s
	o := j.around()
	at := j.skip(end)
	if o.char != brace || at >= len(s) || o.decl == 0 {
		return false
	}
	if own { // only what has such a member gives it
		e := j.evaluator(code.ModuleValue)
		close := bytes.IndexByte(s[at:min(len(s), at+code.MaxReceiver)], '}')
		if close < 0 || e.Exhausted() {
			return false
		}
		k := j.skip(at + close + 1)
		if k >= len(s) || s[k] != '=' {
			return false
		}
		from := j.skip(k + 1)
		to := from
		for to < len(s) && (text.IsLetter(s[to]) || s[to] == '.') {
			to++
		}
		if w := s[from:to]; !holder(w) && !holder(w[bytes.LastIndexByte(w, '.')+1:]) {
			return false
		}
	}
	switch s[at] {
	case ':':
		at = j.skip(at + 1)
		if w, escaped := wordEnd(s, at); w > at {
			j.known.add(decodedName(s, at, w, escaped), alias{role: role, owner: -1})
			return true
		}
	case ',', '}':
		if name := string(j.s[j.word.Start:j.word.End]); role == require && name != "require" {
			j.known.add(name, alias{role: role, owner: -1})
		}
		return true
	}
	return false
}

// dataModule hands over the code that a specifier holds: data:text/javascript,….
func (j *scanner) dataModule(l *code.Literal) {
	comma := strings.IndexByte(l.Text, ',')
	if comma < 0 || !strings.Contains(l.Text[:comma], "javascript") {
		return
	}
	code := l.Text[comma+1:]
	if strings.HasSuffix(l.Text[:comma], ";base64") {
		raw, err := base64.StdEncoding.DecodeString(code)
		if err != nil {
			j.runTime(l.Span.Start, tellSure)
			return
		}
		code = string(raw)
	} else if plain, err := url.PathUnescape(code); err == nil {
		code = plain
	}
	if l.Span.Len() == 0 || code == "" {
		return
	}
	var b text.Builder
	if code == l.Text[comma+1:] {
		at := l.Outer(comma+1, len(l.Text))
		if at.Len() == len(code) {
			b.Verbatim([]byte(code), at.Start)
		}
	}
	if b.Len() == 0 {
		b.Escape(code, l.Span.Start, l.Span.Len())
	}
	src, m := b.Done()
	j.hand(j.f.Derive(src, m, text.JavaScript), extract.Dynamic)
}

// cut tells that of what a function is given some was dropped for a limit.
func (j *scanner) cut(at int) {
	j.e.Once(text.Span{Start: at, End: at + 1}, code.CutValues, true)
}
