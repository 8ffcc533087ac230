package javascript

import (
	"bytes"
	"strings"

	"figment/scanner/extract"
	"figment/scanner/extract/code"
	"figment/scanner/text"
)

// What a name stands for.
type role uint8

const (
	none       role = iota
	require         // require itself: its calls load a module
	factory         // createRequire: its calls give a require
	runner          // its calls run a command
	codeRunner      // its calls run code
	module          // the module: its member require loads
	fork            // its calls run a file by node
	variable        // no function: a variable of the environment
)

// An alias is a name that a text gives to require or createRequire, and where
// it holds.
type alias struct {
	role       role
	start, end int // end is 0 while the block around it is open
	owner      int // the offset of the brace of that block; -1: the whole text
	member     bool
	// helper: a function that passes the argument of that number on.
	helper   bool
	argument int
}

// aliases is shared by the scanners of one text. The text is read again while
// names come to light, since a function may use what is assigned below it.
type aliases struct {
	names map[string][]alias
	grown bool
	// module: the text has import or export declarations, so that <!-- and -->
	// are operators. comment: one of them was read as a comment.
	module, comment bool
	waits           bool  // it has an await that is an operator in modules only
	own             bool  // it has a require of its own
	mayRun          uint8 // see installs: 1 no, 2 yes
	mayStart        uint8 // see starts
}

// role is what the name stands for at i.
func (a *aliases) role(name string, i int, member bool) role {
	if k := a.find(name, i, member); !k.helper {
		return k.role
	}
	return none
}

// find is the name at i: without a role where it stands for nothing. What is no
// helper is surer.
func (a *aliases) find(name string, i int, member bool) (found alias) {
	for _, k := range a.names[name] {
		if k.member == member && i >= k.start && (k.end == 0 || i < k.end) {
			if !k.helper {
				return k
			}
			if found.role == none || k.start > found.start {
				found = k
			}
		}
	}
	return found
}

func (a *aliases) add(name string, k alias) bool {
	for _, have := range a.names[name] {
		if have.role == k.role && have.owner == k.owner && have.member == k.member && have.helper == k.helper {
			return false
		}
	}
	if len(a.names) >= code.MaxAliases {
		return false
	}
	if a.names == nil {
		a.names = map[string][]alias{}
	}
	a.names[name] = append(a.names[name], k)
	a.grown = true
	return true
}

// A target is the name that what comes next is assigned to.
type target struct {
	name   text.Span
	member bool
	kind   byte // 'c' of const, 'l' of let, 'v' of var, 0 without a declaration
	global bool // a member of the global object
	depth  int  // of brackets
}

// holder reports whether the require that is a member of word loads modules.
func holder(word []byte) bool {
	switch string(word) {
	case "module", "globalThis", "global", "window", "self", "mainModule", "main", "parent", "meta", "prototype":
		return true
	}
	return false
}

// callee reads what follows a word that stands for require or createRequire,
// up to the bracket of its call: brackets around it, ?. and members such as
// resolve.
func (j *scanner) callee(i int, role role) (c call) {
	s := j.s
	open := len(j.stack)
	for {
		i = j.skip(i)
		if i >= len(s) {
			return c
		}
		if s[i] == 'a' && has(s, i, "as") || s[i] == 's' && has(s, i, "satisfies") {
			if i = j.pastType(i); i >= len(s) {
				c.member = true
				return c
			}
		}
		var name string
		switch s[i] {
		case ')':
			if open == 0 || j.stack[open-1].char != paren || j.stack[open-1].call || j.stack[open-1].ctrl {
				return c
			}
			open--
			i++
			continue
		case '!':
			if i+1 < len(s) && s[i+1] == '=' {
				return c
			}
			i++
			continue
		case '<': // require<T>("m")
			end := bytes.IndexByte(s[i:min(len(s), i+code.MaxReceiver)], '>')
			if end < 0 {
				return c
			}
			if k := j.skip(i + end + 1); k >= len(s) || s[k] != '(' {
				return c
			}
			i += end + 1
			continue
		case '?':
			if i+1 >= len(s) || s[i+1] != '.' {
				return c
			}
			if k := j.skip(i + 2); k < len(s) && (s[k] == '(' || s[k] == '[') {
				i = k
			} else {
				i++ // the dot of a member
			}
			continue
		case '(':
			c.at, c.called = i+1, true
			return c
		case '.':
			k := j.skip(i + 1)
			end, escaped := wordEnd(s, k)
			name, i = decodedName(s, k, end, escaped), end
		case '[':
			if k := j.skip(i + 1); role == require && k < len(s) && s[k] >= '0' && s[k] <= '9' { // an element of a list of it
				if end := j.skip(text.Word(s, k)); end < len(s) && s[end] == ']' {
					i = end + 1
					continue
				}
			}
			l, ok := j.constant(i + 1)
			if !ok || l.Open || l.Next >= len(s) || s[l.Next] != ']' {
				c.member = true
				return c
			}
			name, i = l.Text, l.Next+1
		default:
			// Parameters are no values, and what stands before a comma is dropped.
			c.member = s[i] == '=' && i+1 < len(s) && s[i+1] == '>' || s[i] == ',' && open > j.target.depth && j.stack[open-1].char == paren
			return c
		}
		var done bool
		if i, done = j.calleeMember(&c, name, i, role); done {
			return c
		}
	}
}

// calleeMember looks at a member of what callee reads, whose name ends at i. done:
// what follows is read.
func (j *scanner) calleeMember(c *call, name string, i int, role role) (next int, done bool) {
	s := j.s
	switch name {
	case "resolve":
		if role == require {
			c.flags |= extract.Dynamic
			return i, false
		}
	case "paths":
		if c.flags&extract.Dynamic != 0 {
			return i, false
		}
	case "call":
		if k := j.skip(i); k < len(s) && s[k] == '(' {
			c.at = j.pastArgument(k + 1)
			c.called = c.at < len(s)
		}
	case "apply":
		if k := j.skip(i); k < len(s) && s[k] == '(' {
			if k = j.skip(j.pastArgument(k + 1)); k < len(s) && s[k] == '[' {
				c.at, c.called, c.applied = k+1, true, true
			}
		}
	case "bind":
		k := j.skip(i)
		if k >= len(s) || s[k] != '(' {
			break
		}
		switch k = j.simple(k + 1); {
		case k < len(s) && s[k] == ',': // it is bound to its argument
			c.at, c.called = k+1, true
		case k < len(s) && s[k] == ')':
			return k + 1, false
		}
	}
	c.member = !c.called
	return i, true
}

// A call is what callee found behind a word.
type call struct {
	called  bool
	at      int           // the offset of the arguments of a call
	flags   extract.Flags // of what the call loads
	applied bool          // the arguments stand in an array
	member  bool          // some other member of it is meant
}

// pastArgument gives the offset after the comma behind a simple argument: a
// word, or words with dots between them.
func (j *scanner) pastArgument(i int) int {
	if i = j.simple(i); i < len(j.s) && j.s[i] == ',' {
		return i + 1
	}
	return len(j.s)
}

// simple passes over words and dots, and what stands between them.
func (j *scanner) simple(i int) int {
	s := j.s
	for {
		i = j.skip(i)
		end, _ := wordEnd(s, i)
		if end == i && (i >= len(s) || s[i] != '.') {
			return i
		}
		i = max(end, i+1)
	}
}

// use looks at a use of require, or of a name for it, that ends before i. tell
// says how sure that is.
func (j *scanner) use(i int, role role, tell tell) {
	j.used(j.callee(i, role), i, role, tell)
}

// used looks at what was found behind such a use.
func (j *scanner) used(c call, i int, role role, tell tell) {
	if c.called && (role == runner || role == require && c.flags == 0 && (tell != tellNever || j.helping || !j.ownsRequire())) {
		j.passedOn(c.at, role)
	}
	switch {
	case c.called && role == require:
		l, ok := j.argument(c.at)
		if !ok && c.applied {
			if l, ok = j.constant(c.at); ok {
				ok = l.Open || l.Next < len(j.s) && j.s[l.Next] == ']'
			}
		}
		if ok && (!l.Open || cutToPackage(&l)) {
			j.load(l, j.inTry(c.flags))
		} else if !c.applied {
			j.computed(c.at, i-1, j.inTry(c.flags), tell)
		} else {
			j.runTime(i-1, tell)
		}
	case c.called && role == runner:
		if c.applied {
			j.give(given{role: role, at: i - 1, value: c.at - 1, rest: true, list: true})
		} else {
			j.runs(c.at)
		}
	case c.called && role == codeRunner:
		j.runsCode(c.at)
	case c.called: // what the call gives is a require
		j.factory = c.at
	case !c.member && role >= runner && (role == runner && !j.installs() || j.s[j.word.Start] == 'c'):
	case !c.member:
		j.assign(role)
	}
}

// load notes the module of a call; an open one was cut down by whole.
func (j *scanner) load(l code.Literal, flags extract.Flags) {
	if l.Open {
		flags |= extract.Dynamic
	}
	if strings.HasPrefix(l.Text, "data:") {
		j.dataModule(&l)
	}
	j.loadsFile(&l)
	j.add(&l, flags)
}

// assign gives the role to the name on the left, if the value stands on the
// right of an assignment or a property by itself.
func (j *scanner) assign(role role) { j.assignFrom(role, len(j.stack)) }

// assignFrom does so for a value that stands behind so many open brackets.
func (j *scanner) assignFrom(role role, depth int) {
	t := j.target
	if t.name.End == 0 || t.depth > depth {
		if role == require && depth == len(j.stack) && j.word.End > 0 {
			if k := code.LookBack(j.s, j.word.Start); k > 1 && j.s[k-1] == '=' && strings.IndexByte("]?|&", j.s[k-2]) >= 0 || k > 3 && j.s[k-1] == '=' && j.s[code.LookBack(j.s, k-1)-1] == ']' {
				j.runTime(j.word.Start, j.trust()) // x[y] = require
			}
		}
		return
	}
	for _, o := range j.stack[t.depth:depth] {
		if o.char == bracket && role == require && !o.call { // a list of it
			continue
		}
		if o.char != paren || o.call || o.ctrl {
			return
		}
	}
	name := string(j.s[t.name.Start:t.name.End])
	if name == "require" && !t.member {
		return
	}
	k := alias{role: role, owner: -1, member: t.member}
	if !t.member && t.kind != 0 {
		for n := min(t.depth, len(j.stack)) - 1; n >= 0; n-- {
			if o := &j.stack[n]; o.char == brace && (t.kind != 'v' || o.body) {
				k.owner, k.start = o.at, o.at
				o.owns = true
				break
			}
		}
	}
	j.known.add(name, k)
	if t.global || !t.member && t.kind == 0 { // global.r = require, class { r = require }
		k.member = !k.member
		j.known.add(name, k)
	}
}

// closeOwner ends the names that hold in the block whose brace stood at owner.
func (j *scanner) closeOwner(owner, end int) {
	for _, list := range j.known.names {
		for k := range list {
			if list[k].owner == owner && list[k].end == 0 {
				list[k].end = end
			}
		}
	}
}

// property knows require written as a computed member: module["require"](…).
func (j *scanner) property(i int, holder bool) {
	l, ok := j.constant(i + 1)
	if !ok || l.Open || l.Next >= len(j.s) || j.s[l.Next] != ']' {
		return
	}
	if k := j.skip(l.Next + 1); k+1 < len(j.s) && j.s[k] == '=' && j.s[k+1] != '=' {
		was := j.recv
		if j.prev != '.' { // process.env["A"]
			j.recv = j.word
		}
		j.setsVariable(l.Text, k+1)
		j.recv = was
	}
	switch l.Text {
	case "require":
		if holder {
			j.use(l.Next+1, require, tellSure)
			return
		}
	case "_load":
		j.use(l.Next+1, require, tellSure)
		return
	case "createRequire":
		j.use(l.Next+1, factory, tellSure)
		return
	}
	role := roleOf(l.Text)
	if role == none {
		role = j.known.role(l.Text, i, true)
	}
	if role != none {
		j.use(l.Next+1, role, tellSure)
	}
}

// commandCall hands over the literal command of exec, spawn and their like, whose
// arguments stand at i. It reports whether that is all.
func (j *scanner) commandCall(i int) bool {
	s := j.s
	i = j.skip(i)
	l, ok := readString(s, i)
	if !ok || l.Open {
		return false
	}
	if l.Span.Len() == 0 {
		return true
	}
	next := j.skip(l.Next)
	if next < len(s) && s[next] == '+' {
		if l, ok = j.constant(i); !ok || l.Open {
			return false
		}
		next = l.Next
	}
	if next >= len(s) {
		return true
	}
	switch s[next] {
	case ')':
	case ',':
		if name := j.e.Commands.Program(l.Text); j.e.Commands.Manager(name) || strings.IndexByte(l.Text, ' ') < 0 {
			return false // its arguments follow
		}
	default:
		return false
	}
	if j.worthReading([]byte(l.Text)) {
		j.hand(l.Fragment(j.f, text.Shell), extract.Dynamic)
	}
	return true
}

// wordList hands over the list of literals which begins with the name of a package
// manager at the quote at i.
func (j *scanner) wordList(i, next int) {
	if i < j.listEnd || !extract.ProgramWord(j.e.Commands, j.s, i+1, next-1) || j.s[i+1] == '-' {
		return
	}
	if c, after := extract.ListBehind(j.f, "", i+1, next-1, true); c != nil && j.e.Commands.MayInstall(append(bytes.Clone(c.Text), ' ')) {
		j.listEnd = after
		j.hand(c, extract.Dynamic)
	}
}

// tagged hands over a template that is given to a function which runs it:
// $`npm i x`. One that begins with a package manager is a command whatever the
// function is called.
func (j *scanner) tagged(i int) {
	if j.prev == ')' || j.word.End > 0 && (j.member || !j.operator(j.s[j.word.Start:j.word.End])) {
		j.commandTemplate(i)
	}
}

// commandTemplate hands over the template at i as a text of the shell: what a
// hole comes out as only the program knows.
func (j *scanner) commandTemplate(i int) {
	s := j.s
	limit := min(len(s), i+code.MaxArgument)
	var b text.Builder
	from := i + 1
	for k := i + 1; k < limit; k++ {
		switch {
		case s[k] == '\\':
			k++
		case s[k] == '$' && k+1 < limit && s[k+1] == '{':
			end := braceEnd(s[:limit], k+1)
			if end >= limit {
				return
			}
			b.Verbatim(s[from:k], from)
			b.Escape("$_", k, end+1-k)
			from, k = end+1, end
		case s[k] == '`':
			b.Verbatim(s[from:k], from)
			if src, m := b.Done(); j.e.Commands.MayInstall(append(bytes.Clone(src), ' ')) {
				j.hand(j.f.Derive(src, m, text.Shell), extract.Dynamic)
			}
			return
		}
	}
}

// hand keeps a text inside this one, to be read once this one has been.
func (j *scanner) hand(f *text.Fragment, flags extract.Flags) {
	if len(j.texts) <= extract.MaxFragments { // the first that is too many is told
		j.texts = append(j.texts, extract.Inner{Fragment: f, Flags: flags})
	}
}

// receiver is the word before the dot before the current one.
func (j *scanner) receiver() []byte {
	if j.recv.End == 0 {
		return nil
	}
	return j.s[j.recv.Start:j.recv.End]
}

// literalCall takes the literal first argument of a call whose bracket follows.
func (j *scanner) literalCall(i int, flags extract.Flags) {
	c := j.callee(i, none)
	if !c.called {
		return
	}
	if l, ok := j.argument(c.at); ok && (!l.Open || cutToPackage(&l)) {
		j.load(l, flags)
	} else if flags.Has(extract.Dynamic) {
		j.computed(c.at, i-1, flags, tellSure)
	}
}
