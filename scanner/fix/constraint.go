package fix

import (
	"bytes"
	"cmp"
	"strings"

	"figment/ecosystem/adapter"
	"figment/internal/lazyregexp"
	"figment/scanner/text"
)

// maxConstraintGap is how far behind a name its constraint is looked for, in
// bytes.
const maxConstraintGap = 400

// constraintAt finds the constraint of the name at span: as written, behind the
// name on the same line.
func constraintAt(data []byte, span text.Span, constraint string) (text.Span, bool) {
	rest := data[span.End:min(len(data), span.End+maxConstraintGap)]
	if i := bytes.IndexAny(rest, "\r\n"); i >= 0 {
		rest = rest[:i]
	}
	i := bytes.Index(rest, []byte(constraint))
	if i < 0 {
		return text.Span{}, false
	}
	return text.Span{Start: span.End + i, End: span.End + i + len(constraint)}, true
}

var simpleConstraint = lazyregexp.New(`^(===?|~=|~>|>=|<=|[~^=><]|!=)?([ \t]*)(v?)[0-9][0-9A-Za-z.+!_-]*$`)

// newConstraint writes a constraint for another version with its operator kept.
// ok is false for what has several parts or no version, and for operators that
// speak of versions not wanted.
func newConstraint(how *adapter.Fix, old, version string) (string, bool) {
	m := simpleConstraint().FindStringSubmatch(strings.TrimSpace(old))
	if m == nil || strings.HasSuffix(old, ".x") || strings.HasSuffix(old, ".X") || strings.Contains(old, ".x.") {
		return "", false
	}
	op, blank, v := m[1], m[2], m[3]
	switch op {
	case "!=", "<", ">":
		return "", false
	case "<=":
		op = cmp.Or(how.Exactly, "=")
	}
	version = strings.TrimPrefix(version, "v")
	if how.V {
		v = "v"
	}
	return op + blank + v + version, true
}
