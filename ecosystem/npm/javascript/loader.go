package javascript

import (
	"bytes"

	"figment/scanner/extract"
	"figment/scanner/extract/code"
	"figment/scanner/text"
)

// Other functions that load the module which their first argument names: of test
// runners, of bundlers, and of node besides require.

// testLoader reports whether a member of jest or vi of that name loads or replaces
// the module of its first argument.
func testLoader(name string) bool {
	switch name {
	case "mock", "unmock", "doMock", "requireActual", "requireMock", "createMockFromModule", "genMockFromModule", "unstable_mockModule", "setMock", "importActual", "importMock":
		return true
	}
	return false
}

// testing reports whether the word before the last dot is a test runner.
func (j *scanner) testing() bool {
	switch r := j.receiver(); len(r) {
	case len("jest"):
		return string(r) == "jest"
	case len("vi"):
		return string(r) == "vi"
	case len("vitest"):
		return string(r) == "vitest"
	}
	return false
}

// loads looks at a word that ends at end and may be another loader.
func (j *scanner) loads(i, end int, member bool) {
	switch name := string(j.s[i:end]); name {
	case "__non_webpack_require__":
		j.use(end, require, tellSure)
	case "proxyquire", "rewire":
		if !member && j.quotes(name) {
			j.literalCall(end, extract.Dev)
		}
	case "register": // of node:module
		r := []byte(name)
		if member {
			r = j.receiver()
			if near := j.s[max(0, i-12):i]; bytes.Contains(near, []byte("module'")) || bytes.Contains(near, []byte(`module"`)) {
				r = []byte("module") // require("module").register
			}
		}
		if string(r) == "module" || string(r) == "Module" || j.namedBy(r, `module"`) || j.namedBy(r, "module'") {
			j.literalCall(end, extract.Dynamic)
		}
	}
}

// quotes reports whether a literal begins with the name of a module.
func (j *scanner) quotes(name string) bool {
	return bytes.Contains(j.s, []byte(`"`+name)) || bytes.Contains(j.s, []byte("'"+name))
}

// namedBy reports whether a statement that ends with the literal of a module
// gives it the name.
func (j *scanner) namedBy(name []byte, module string) bool {
	if len(name) == 0 {
		return false
	}
	s := j.s
	for n, at := 0, 0; n < 20; n++ {
		k := bytes.Index(s[at:], []byte(module))
		if k < 0 {
			return false
		}
		at += k
		from := max(0, at-code.MaxReceiver)
		if k := bytes.LastIndexByte(s[from:at], ';'); k >= 0 {
			from += k
		}
		if hasName(s[from:at], name) {
			return true
		}
		at += len(module)
	}
	return false
}

// asserted gives the word in the bracket at open whose type is asserted there:
// (module as any).
func (j *scanner) asserted(open int) (word text.Span, ok bool) {
	s := j.s
	for i := j.skip(open + 1); ; {
		end, _ := wordEnd(s, i)
		if end == i {
			return text.Span{}, false
		}
		at := j.skip(end)
		if at >= len(s) {
			return text.Span{}, false
		}
		if s[at] != '.' {
			return text.Span{Start: i, End: end}, has(s, at, "as") || has(s, at, "satisfies")
		}
		i = j.skip(at + 1)
	}
}

// pastType passes over the type behind an assertion at i: up to what closes the
// brackets around it, or ends the statement.
func (j *scanner) pastType(i int) int {
	s := j.s
	depth := 0
	for k := i; k < len(s) && k < i+code.MaxReceiver; k++ {
		switch c := s[k]; c {
		case '(', '[', '{', '<':
			depth++
		case '>':
			if k > 0 && s[k-1] != '=' {
				depth--
			}
		case ')', ']', '}':
			if depth--; depth < 0 {
				return k
			}
		case ',', ';', '\n':
			if depth <= 0 {
				return k
			}
		}
	}
	return len(s)
}
