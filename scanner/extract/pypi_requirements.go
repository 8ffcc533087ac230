package extract

import (
	"bytes"
	"fmt"
	"path"
	"strings"

	"figment/ecosystem"
	"figment/scanner/extract/lex"
	"figment/scanner/source"
)

func matchRequirements(f *source.Fragment) bool {
	return f.Name != "" && source.IsRequirements(f.Name)
}

// extractRequirements reads what pip reads with -r and -c.
//
// Specification: https://pip.pypa.io/en/stable/reference/requirements-file-format/
func extractRequirements(f *source.Fragment, e *Emitter) error {
	r := requirements{f: f, e: e}
	if strings.HasPrefix(path.Base(f.Name), "constraints") {
		r.scope = "constraint"
	}
	var extra []string
	r.index, extra = requirementsIndexes(f.Text)
	r.others = len(extra) > 0
	for i := 0; i < len(f.Text); {
		i = r.line(i)
	}
	if r.bad > 0 {
		return &SyntaxError{Span: r.first, Lost: true,
			Text: fmt.Sprintf("%d %s no Python requirement and was not read", r.bad, map[bool]string{true: "line is", false: "lines are"}[r.bad == 1])}
	}
	return nil
}

// requirementsIndexes are the primary index that a requirements file sets, and
// the further ones.
func requirementsIndexes(text []byte) (primary string, extra []string) {
	for _, line := range bytes.Split(text, []byte("\n")) {
		words := strings.Fields(strings.ReplaceAll(string(bytes.TrimSpace(line)), "=", " "))
		if len(words) < 2 || !strings.HasPrefix(words[0], "-") {
			continue
		}
		switch words[0] {
		case "-i", "--index-url", "--pypi-url":
			primary = string(bytes.TrimLeft(bytes.TrimSpace(line)[len(words[0]):], " =\t"))
		case "--extra-index-url", "-f", "--find-links":
			extra = append(extra, string(bytes.TrimLeft(bytes.TrimSpace(line)[len(words[0]):], " =\t")))
		}
	}
	return primary, extra
}

type requirements struct {
	f     *source.Fragment
	e     *Emitter
	scope string
	index string
	// others: the file names further indexes, whose names stay askable.
	others bool
	bad    int
	first  source.Span
}

// line reads one logical line at i.
func (r *requirements) line(i int) int {
	s := r.f.Text
	start := i
	var b source.Builder
	for {
		end := lex.LineEnd(s, i)
		next := lex.NextLine(s, i)
		if end > i && s[end-1] == '\\' && end < len(s) {
			b.Verbatim(s[i:end-1], i)
			i = next
			continue
		}
		b.Verbatim(s[i:end], i)
		i = next
		break
	}
	text, m := b.Done()
	line := string(text)
	if at := commentAt(line); at >= 0 {
		line = line[:at]
	}
	trimmed := strings.TrimSpace(line)
	if trimmed == "" {
		return i
	}
	at := strings.Index(line, trimmed)
	r.requirement(trimmed, at, m, source.Span{Start: start, End: lex.LineEnd(s, start)})
	return i
}

// commentAt finds a comment: "#" at the start or after a blank.
func commentAt(line string) int {
	for i := 0; i < len(line); i++ {
		if line[i] == '#' && (i == 0 || line[i-1] == ' ' || line[i-1] == '\t') {
			return i
		}
	}
	return -1
}

// requirement reads a requirement that begins at offset at of the logical line.
func (r *requirements) requirement(text string, at int, m source.Map, whole source.Span) {
	if strings.HasPrefix(text, "-") {
		editable := false
		for _, p := range []string{"-e ", "--editable ", "--editable=", "-e"} {
			if rest, ok := strings.CutPrefix(text, p); ok && (p != "-e" || strings.HasPrefix(rest, "git+")) {
				at += len(text) - len(rest)
				text, editable = strings.TrimSpace(rest), true
				break
			}
		}
		if !editable {
			return // another option of pip; files named by -r lie in the tree and are read there
		}
	}
	if i := strings.Index(text, " --"); i >= 0 { // --hash= and the like
		text = strings.TrimSpace(text[:i])
	}
	if strings.Contains(text, "#egg=") {
		i := strings.Index(text, "#egg=") + len("#egg=")
		end := i
		for end < len(text) && isPEP508Name(text[end]) {
			end++
		}
		if end > i {
			r.emit(Reference{Name: text[i:end], From: fromOfURL(text)}, m, at+i, at+end)
		}
		return
	}
	if isPathOrURL(text) {
		return
	}
	req, ok := parsePEP508(text)
	if !ok {
		if strings.ContainsAny(text, "{}<$%") {
			return // a template's hole
		}
		r.bad++
		if r.bad == 1 {
			r.first = whole
		}
		return
	}
	ref := req.reference(0, Manifest)
	r.emit(ref, m, at+req.Start, at+req.End)
}

func isPathOrURL(s string) bool {
	if strings.HasPrefix(s, ".") || strings.HasPrefix(s, "/") || strings.HasPrefix(s, "~/") || strings.HasPrefix(s, `\`) {
		return true
	}
	head, _, _ := strings.Cut(s, " ")
	if strings.Contains(head, "://") && !strings.Contains(head, "@") || strings.HasPrefix(s, "git+") || strings.HasPrefix(s, "file:") {
		return true
	}
	return strings.HasSuffix(head, ".whl") || strings.HasSuffix(head, ".tar.gz") || strings.HasSuffix(head, ".zip")
}

func (r *requirements) emit(ref Reference, m source.Map, start, end int) {
	if ecosystem.Markup(ref.Name) {
		return
	}
	ref.Ecosystem, ref.Kind, ref.Scope = ecosystem.PyPI, Manifest, r.scope
	ref.Index, ref.Others = r.index, r.others
	ref.Span = m.Outer(source.Span{Start: start, End: end})
	r.e.Reference(ref)
}
