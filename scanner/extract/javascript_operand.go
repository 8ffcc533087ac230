package extract

// operandNext decides by the token before a brace, slash or function whether an
// operand may stand here.
func (j *jsScanner) operandNext() bool {
	if j.word.end > 0 {
		return !j.member && operatorWord(j.s[j.word.start:j.word.end])
	}
	switch j.prev {
	case ')', ']', '"', ';', '{', '}', 0:
		return false
	case ':':
		n := len(j.stack)
		return n > 0 && (j.stack[n-1].char != jsBrace || j.stack[n-1].expr)
	}
	return true
}

// operatorWord reports whether an operand follows the word.
func operatorWord(w []byte) bool {
	switch string(w) {
	case "return", "typeof", "case", "in", "of", "delete", "void", "throw", "new", "instanceof", "yield", "await", "default", "extends":
		return true
	}
	return false
}

// regexpMayStart decides by the token before a slash whether it divides.
func (j *jsScanner) regexpMayStart() bool {
	if w := j.word; w.end > 0 {
		if j.member {
			return false
		}
		switch string(j.s[w.start:w.end]) {
		case "else", "do":
			return true
		case "of": // a keyword in for only
			n := len(j.stack)
			return n > 0 && j.stack[n-1].ctrl
		}
		return operatorWord(j.s[w.start:w.end])
	}
	switch j.prev {
	case ')', ']', '"':
		return false
	}
	return true
}

func (j *jsScanner) regexp(i int) int {
	s := j.s
	class := false
	limit := len(s)
	if i < j.noRegexp {
		limit = min(limit, i+200) // the line was searched already
	}
	for k := i + 1; k < limit; k++ {
		switch s[k] {
		case '\\':
			k++
		case '\n', '\r':
			j.noRegexp = max(j.noRegexp, k)
			return i + 1 // it was no regular expression
		case 0xe2:
			if jsSeparator(s, k) {
				j.noRegexp = max(j.noRegexp, k)
				return i + 1
			}
		case '[':
			class = true
		case ']':
			class = false
		case '/':
			if !class {
				end, _ := jsWord(s, k+1)
				return end
			}
		}
	}
	j.noRegexp = max(j.noRegexp, limit)
	return i + 1
}

// quoted skips a string, or enters a template.
func (j *jsScanner) quoted(i int) int {
	s := j.s
	q := s[i]
	if q == '`' {
		return j.template(i + 1)
	}
	for k := i + 1; k < len(s); k++ {
		switch s[k] {
		case '\\':
			if k+2 < len(s) && s[k+1] == '\r' && s[k+2] == '\n' {
				k++
			}
			k++
		case q:
			return k + 1
		case '\n', '\r':
			j.broken = true
			return k
		}
	}
	j.broken = true
	return len(s)
}

// template skips the text of a template up to its end or a hole.
func (j *jsScanner) template(i int) int {
	s := j.s
	for k := i; k < len(s); k++ {
		switch s[k] {
		case '\\':
			k++
		case '`':
			return k + 1
		case '$':
			if k+1 < len(s) && s[k+1] == '{' && j.push(jsOpen{char: jsTemplate}) {
				j.prev, j.word = '{', span{}
				return k + 2
			}
		}
	}
	j.broken = true
	return len(s)
}
